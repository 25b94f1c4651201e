package org.mdev4j.cli;

import java.util.List;
import java.util.concurrent.Callable;
import org.mdev4j.cli.verbs.Lifecycle;
import org.mdev4j.cli.verbs.VerbException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mdev remove}: removes devices, each whether or not the others could be. */
@Command(
    name = "remove",
    description = "Remove mediated devices; waits for those that are in use.",
    mixinStandardHelpOptions = true)
final class RemoveCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private SysfsOptions sysfs;

  @Parameters(arity = "1..*", paramLabel = "UUID", description = "The devices.")
  private List<String> uuids;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields before it runs anything
  RemoveCommand() {}

  @Override
  public Integer call() throws VerbException {
    Lifecycle lifecycle = new Lifecycle(sysfs.inventory());
    int status = 0;
    for (String uuid : uuids) {
      try {
        lifecycle.remove(uuid);
      } catch (VerbException failure) {
        Complaints.failed(spec.commandLine(), failure);
        status = 1;
      }
    }
    return status;
  }
}
