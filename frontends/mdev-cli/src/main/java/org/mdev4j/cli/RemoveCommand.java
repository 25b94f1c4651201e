package org.mdev4j.cli;

import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.cli.verbs.Lifecycle;
import org.mdev4j.cli.verbs.VerbException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;

/** {@code mdev remove}: removes devices, each whether or not the others could be. */
@Command(
    name = "remove",
    description = "Remove mediated devices; waits for those that are in use.",
    mixinStandardHelpOptions = true)
final class RemoveCommand extends SysfsCommand {
  @Option(
      names = "--timeout",
      paramLabel = "SECONDS",
      description =
          "Wait no longer than that for those who use it, and say who they are; the device goes"
              + " when they let it go.")
  private @Nullable Integer timeout;

  @Parameters(arity = "1..*", paramLabel = "UUID", description = "The devices.")
  private List<String> uuids;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields before it runs anything
  RemoveCommand() {}

  @Override
  public Integer call() throws VerbException, InterruptedException {
    if (timeout != null && timeout < 0) {
      throw new ParameterException(commandLine(), "--timeout is negative: " + timeout);
    }
    Lifecycle lifecycle = new Lifecycle(inventory());
    int status = 0;
    for (String uuid : uuids) {
      try {
        if (timeout == null) {
          lifecycle.remove(uuid);
        } else {
          lifecycle.remove(uuid, Duration.ofSeconds(timeout));
        }
      } catch (VerbException failure) {
        Main.complain(commandLine(), failure);
        status = 1;
      }
    }
    return status;
  }
}
