package org.mdev4j.cli;

import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.mdev4j.cli.verbs.VerbException;
import org.mdev4j.device.host.Host;
import org.mdev4j.fuse.MountException;
import org.mdev4j.fuse.MountNamespace;
import org.mdev4j.fuse.MountNamespace.View;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mdev exec}: a program that sees a host's tree at {@code /sys}, alone. */
@Command(
    name = "exec",
    description = "Run a program that sees the tree of a fresh host at /sys.",
    footer = {
      "",
      "Only the program and what it starts see the tree. The exit status is the program's;",
      "126 or 127 if it can't be run, as in a shell.",
      "Example: mdev exec --modules mtty,mdpy -- mdevctl types"
    },
    mixinStandardHelpOptions = true)
final class ExecCommand implements Callable<Integer> {
  private static final int CAN_NOT_RUN = 126;
  private static final int NOT_FOUND = 127;

  /** Or else libudev refuses a /sys that is not of the type sysfs. */
  private static final String TRUST_SYS = "SYSTEMD_DEVICE_VERIFY_SYSFS";

  @Spec private CommandSpec spec;
  @Mixin private HostOptions hostOptions;

  @Option(names = "--merge", description = "Show what the machine's own /sys has beside the tree.")
  private boolean merge;

  @Parameters(
      arity = "1..*",
      paramLabel = "COMMAND",
      description = "The program and its arguments.")
  private List<String> command;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields before it runs anything
  ExecCommand() {}

  @Override
  public Integer call() throws VerbException, IOException, InterruptedException {
    try (Program program = new Program(command);
        Host host = hostOptions.start("exec")) {
      return MountNamespace.run(host.tree(), merge ? View.MERGED : View.TREE, () -> run(program));
    } catch (MountException refused) {
      throw new VerbException(String.valueOf(refused.getMessage()), refused);
    }
  }

  private int run(Program program) throws InterruptedException {
    try {
      return program.run(Map.of(TRUST_SYS, "0"));
    } catch (VerbException failure) {
      Main.complain(spec.commandLine(), failure);
      return program.isThere() ? CAN_NOT_RUN : NOT_FOUND;
    }
  }
}
