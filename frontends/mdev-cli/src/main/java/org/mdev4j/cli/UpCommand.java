package org.mdev4j.cli;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.mdev4j.cli.control.ControlServer;
import org.mdev4j.cli.verbs.VerbException;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.fuse.MountException;
import org.mdev4j.fuse.SysfsMount;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mdev up}: a host in the foreground, with what its options ask to be served. */
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
  @Mixin private CreateOptions createOptions;

  @Option(
      names = "--mount",
      paramLabel = "DIR",
      description = "Mount the tree at an empty directory, which is what /sys is.")
  private @Nullable Path mountPoint;

  @Option(
      names = "--control",
      paramLabel = "SOCKET",
      description =
          "Take commands at this UNIX socket, which only its owner can open: see 'mdev shell"
              + " --control' and 'mdev screenshot --control'.")
  private @Nullable Path socket;

  @Option(
      names = {"-v", "--verbose"},
      description = "Log uevents to standard error.")
  private boolean verbose;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields before it runs anything
  UpCommand() {}

  @Override
  public Integer call() throws VerbException, IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    try (SignalHandlers signals = SignalHandlers.forStop();
        Scope log = new Scope("the log of mdev up");
        Host host = hostOptions.boot("up");
        Scope parts = new Scope("mdev up")) {
      if (verbose) {
        log.own(new UeventLog(host.uevents(), spec.commandLine().getErr()));
      }
      hostOptions.load(host);
      mount(host, parts);
      createOptions.start(host, parts);
      listen(host, parts);
      out.println("ready");
      out.flush();
      signals.awaitStop();
    }
    return 0;
  }

  private void mount(Host host, Scope scope) throws VerbException, IOException {
    if (mountPoint != null) {
      try {
        scope.own(SysfsMount.mount(host.tree(), mountPoint));
      } catch (MountException refused) {
        throw new VerbException(String.valueOf(refused.getMessage()), refused);
      }
    }
  }

  private void listen(Host host, Scope scope) throws VerbException {
    if (socket != null) {
      try {
        scope.own(ControlServer.start(host, socket));
      } catch (IOException refused) {
        throw new VerbException("no control socket at " + socket + ": " + refused.getMessage());
      }
    }
  }
}
