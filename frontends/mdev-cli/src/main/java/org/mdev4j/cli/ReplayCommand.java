package org.mdev4j.cli;

import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.host.Machine;
import org.mdev4j.replay.FileReport;
import org.mdev4j.replay.ReplayException;
import org.mdev4j.replay.Replayer;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code mdev replay}: does what a real kernel was asked to do, and compares the answers. */
@Command(
    name = "replay",
    description = {
      "Replay recordings of real kernels against a host.",
      "Prints one line of counts per file to standard output; differences go to standard error. The"
          + " exit status is 0 only if nothing is different and no more is different on purpose"
          + " than allowed."
    },
    mixinStandardHelpOptions = true)
final class ReplayCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;

  @Option(
      names = "--machine",
      paramLabel = "NAME|FILE",
      converter = Machines.class,
      description = "The machine to replay on, instead of the one each file was recorded on.")
  private @Nullable Machine machine;

  @Option(
      names = "--verbose",
      description = "Also name each step that follows a rule or is skipped.")
  private boolean verbose;

  @Parameters(
      arity = "1..*",
      paramLabel = "FILE",
      description = "Transcripts, one JSON object a line.")
  private List<Path> files;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields before it runs anything
  ReplayCommand() {}

  @Override
  public Integer call() {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    boolean passed = true;
    for (Path file : files) {
      try {
        FileReport report = new Replayer(machine).replay(file);
        report.details(verbose).forEach(err::println);
        err.flush();
        out.println(report.summary());
        out.flush();
        passed &= report.passed();
      } catch (ReplayException bad) {
        err.println("mdev: " + bad.getMessage());
        passed = false;
      }
    }
    return passed ? 0 : 1;
  }
}
