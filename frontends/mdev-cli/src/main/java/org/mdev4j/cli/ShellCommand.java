package org.mdev4j.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.Console;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintWriter;
import java.util.concurrent.Callable;
import org.mdev4j.cli.control.ControlClient;
import org.mdev4j.cli.shell.Interactive;
import org.mdev4j.cli.shell.ShellSession;
import org.mdev4j.cli.verbs.VerbException;
import org.mdev4j.device.host.Host;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code mdev shell}: a session in the tree of a host that lives as long as the session. */
@Command(
    name = "shell",
    description = "Look around and work in the tree of a host.",
    footer = {
      "",
      "On a terminal: type help. From a pipe: stops at the first command that fails,",
      "with exit status 1. For more than its few commands: mdev exec -- bash."
    },
    mixinStandardHelpOptions = true)
final class ShellCommand implements Callable<Integer> {
  @Spec private CommandSpec spec;
  @Mixin private HostOptions hostOptions;
  @Mixin private RunningHostOption runningHost;

  @Option(
      names = "--keep-going",
      description =
          "From a pipe: run all commands; the exit status says only whether that was done.")
  private boolean keepGoing;

  @SuppressWarnings("NullAway.Init") // picocli sets the fields before it runs anything
  ShellCommand() {}

  @Override
  public Integer call() throws VerbException, IOException, InterruptedException {
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    if (runningHost.isGiven()) {
      try (ControlClient host = runningHost.connect("--keep-going")) {
        return workOn(host, out) ? 0 : 1;
      }
    }
    try (Host host = hostOptions.start("shell")) {
      if (isOnTerminal()) {
        try (Interactive interactive = new Interactive(host, err)) {
          interactive.run();
        }
        return 0;
      }
      try (ShellSession session = new ShellSession(host, out, err)) {
        return session.run(new InputStreamReader(System.in, UTF_8), keepGoing) ? 0 : 1;
      }
    }
  }

  /** One line after the other, each answered when it is done; the host says what went wrong. */
  private boolean workOn(ControlClient host, PrintWriter out) throws IOException {
    String prompt = isOnTerminal() ? "mdev> " : "";
    BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, UTF_8));
    while (true) {
      out.print(prompt);
      out.flush();
      String line = lines.readLine();
      if (line == null || line.strip().matches("exit|quit")) {
        return true;
      }
      ControlClient.Answer answer = host.run(line);
      out.print(answer.text());
      if (!answer.good() && prompt.isEmpty() && !keepGoing) {
        out.flush();
        return false;
      }
    }
  }

  @SuppressWarnings("SystemConsoleNull") // whether there is one without a terminal differs by JDK
  private static boolean isOnTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }
}
