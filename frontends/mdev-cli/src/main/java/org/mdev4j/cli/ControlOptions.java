package org.mdev4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import org.mdev4j.cli.control.ControlServer;
import org.mdev4j.cli.verbs.VerbException;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.lifetime.Scope;
import picocli.CommandLine.Option;

/** {@code mdev up --control}: others can work on the host, such as {@code mdev screenshot}. */
final class ControlOptions implements HostPart {
  @Option(
      names = "--control",
      paramLabel = "SOCKET",
      description =
          "Take commands at this UNIX socket, which only its owner can open: see 'mdev shell"
              + " --control' and 'mdev screenshot --control'.")
  private @Nullable Path socket;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields before it runs anything
  ControlOptions() {}

  @Override
  public void start(Host host, Scope scope) throws VerbException {
    if (socket == null) {
      return;
    }
    try {
      scope.own(ControlServer.start(host, socket));
    } catch (IOException refused) {
      throw new VerbException("no control socket at " + socket + ": " + refused.getMessage());
    }
  }
}
