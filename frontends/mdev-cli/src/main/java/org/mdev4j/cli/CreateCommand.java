package org.mdev4j.cli;

import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.mdev4j.cli.verbs.Lifecycle;
import org.mdev4j.cli.verbs.VerbException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code mdev create}: creates a device and prints its UUID. */
@Command(
    name = "create",
    description = "Create a mediated device and print its UUID.",
    mixinStandardHelpOptions = true)
final class CreateCommand extends SysfsCommand {
  @Parameters(index = "0", paramLabel = "PARENT", description = "The parent, as types lists it.")
  private String parent;

  @Parameters(
      index = "1",
      paramLabel = "TYPE",
      description = "The type, such as mtty-1; its last part will do.")
  private String type;

  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = "UUID",
      description = "The device's name; a random one if it is left out.")
  private @Nullable String uuid;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields before it runs anything
  CreateCommand() {}

  @Override
  public Integer call() throws VerbException {
    String wanted = uuid == null ? UUID.randomUUID().toString() : uuid;
    String created = new Lifecycle(inventory()).create(parent, type, wanted);
    out().println(created);
    out().flush();
    return 0;
  }
}
