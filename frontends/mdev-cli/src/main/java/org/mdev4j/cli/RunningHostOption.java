package org.mdev4j.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.cli.control.ControlClient;
import org.mdev4j.cli.verbs.VerbException;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code --control} of commands that else make a host of their own: works on one that runs. */
final class RunningHostOption {
  private static final String NAME = "--control";

  @Spec(Spec.Target.MIXEE)
  private CommandSpec spec;

  @Option(
      names = NAME,
      paramLabel = "SOCKET",
      description = "Work on the host of 'mdev up --control SOCKET', not on a fresh one.")
  private @Nullable Path socket;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields before it runs anything
  RunningHostOption() {}

  boolean isGiven() {
    return socket != null;
  }

  /**
   * Connects to the host.
   *
   * @param allowed options that mean something beside this one
   * @throws ParameterException if others were given, which are for a host to be made
   * @throws VerbException if there is no such host
   */
  ControlClient connect(String... allowed) throws VerbException {
    for (OptionSpec given : spec.commandLine().getParseResult().matchedOptions()) {
      if (!given.longestName().equals(NAME) && !List.of(allowed).contains(given.longestName())) {
        throw new ParameterException(
            spec.commandLine(),
            given.longestName() + " is for a fresh host; " + NAME + " names one that runs");
      }
    }
    if (socket == null) {
      throw new IllegalStateException(NAME + " was not given");
    }
    try {
      return ControlClient.connect(socket);
    } catch (IOException nobody) {
      throw new VerbException(String.valueOf(nobody.getMessage()), nobody);
    }
  }
}
