package org.mdev4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.util.List;
import java.util.concurrent.Callable;
import org.mdev4j.cli.verbs.VerbException;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.lifetime.Scope;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mdev up}: a host in the foreground, with whatever its {@link HostPart}s serve. */
@Command(
    name = "up",
    description = "Run a host until it is told to end (control C, SIGTERM).",
    footer = {
      "",
      "Prints 'ready' when all is there. Ends with status 0; a second signal ends it at once."
    },
    mixinStandardHelpOptions = true)
final class UpCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private HostOptions hostOptions;
  @Mixin private MountOptions mountOptions;
  @Mixin private CreateOptions createOptions;
  @Mixin private ControlOptions controlOptions;

  @Option(
      names = {"-v", "--verbose"},
      description = "Log uevents to standard error.")
  private boolean verbose;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields before it runs anything
  UpCommand() {}

  @Override
  public Integer call() throws VerbException, IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    try (StopSignals signals = new StopSignals();
        Scope log = new Scope("the log of mdev up");
        Host host = hostOptions.boot("up");
        Scope parts = new Scope("mdev up")) {
      if (verbose) {
        log.own(new UeventLog(host.uevents(), spec.commandLine().getErr()));
      }
      hostOptions.load(host);
      for (HostPart part : parts()) {
        part.start(host, parts);
      }
      out.println("ready");
      out.flush();
      signals.await();
    }
    return 0;
  }

  /** In the order in which they start; they end the other way round. */
  private List<HostPart> parts() {
    return List.of(mountOptions, createOptions, controlOptions);
  }
}
