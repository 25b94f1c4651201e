// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.cli.shell;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.stream.Stream;
import org.jline.builtins.Completers.FilesCompleter;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.SyntaxError;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.completer.NullCompleter;
import org.jline.reader.impl.completer.StringsCompleter;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.TerminalBuilder;
import org.mdev4j.device.host.FoundModule;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.host.LoadedModule;

/**
 * A session with a person at a terminal.
 *
 * <h2>Thread safety</h2>
 *
 * One thread reads lines and waits for commands, which run on threads of their own. Ctrl-C arrives
 * on a thread of JLine: it ends the waiting, by {@code waiting}, and not the command.
 */
public final class Interactive implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Host host;
  private final Terminal terminal;
  private final ShellSession session;
  private final LineReader reader;
  private volatile CompletableFuture<Boolean> waiting = CompletableFuture.completedFuture(true);

  /**
   * @param err for complaints, which may be somewhere else than the terminal
   */
  public Interactive(Host host, PrintWriter err) throws IOException {
    this(
        host,
        err,
        TerminalBuilder.builder().name("mdev").system(true).jni(false).build(),
        historyFile(System.getenv(), System.getProperty("user.home")));
  }

  Interactive(Host host, PrintWriter err, Terminal terminal, Optional<Path> history) {
    this.host = host;
    this.terminal = terminal;
    session = new ShellSession(host, terminal.writer(), err);
    LineReaderBuilder builder =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .appName("mdev")
            .completer(completer(host))
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .option(LineReader.Option.INSERT_TAB, false)
            // A second TAB lists again, and does not pick the first of what was listed.
            .option(LineReader.Option.AUTO_MENU, false)
            .option(LineReader.Option.AUTO_REMOVE_SLASH, false);
    history.ifPresent(file -> builder.variable(LineReader.HISTORY_FILE, file));
    reader = builder.build();
    var _ = terminal.handle(Signal.INT, signal -> stopWaiting());
  }

  /** Completes commands, and what their arguments name; files behind an arrow. */
  static Completer completer(Host host) {
    Completer files = new FilesCompleter(host.path(Call.HOME));
    Completer commands =
        new StringsCompleter(
            Builtin.all().stream()
                .map(one -> candidate(one.name(), one.summary()))
                .toArray(Candidate[]::new));
    return (reader, line, candidates) -> {
      Builtin command = line.wordIndex() == 0 ? null : Builtin.named(line.words().getFirst());
      Completer chosen;
      if (line.wordIndex() == 0) {
        chosen = commands;
      } else if (line.words().contains(">")) {
        chosen = files;
      } else {
        chosen =
            switch (command == null ? Builtin.Operand.NOTHING : command.operand()) {
              case PATH -> files;
              case MODULE -> new StringsCompleter(loadable(host).toArray(Candidate[]::new));
              case LOADED_MODULE ->
                  new StringsCompleter(
                      host.modules().loaded().stream().map(LoadedModule::name).toList());
              case COMMAND -> commands;
              case NOTHING -> NullCompleter.INSTANCE;
            };
      }
      chosen.complete(reader, line, candidates);
    };
  }

  private static Stream<Candidate> loadable(Host host) {
    return host.modules().found().stream()
        .filter(found -> found.refusal() == null)
        .map(
            found ->
                candidate(
                    found.name(), found.module() == null ? "" : found.module().description()));
  }

  private static Candidate candidate(String name, String description) {
    return new Candidate(name, name, null, description, null, null, true);
  }

  /** Reads and runs lines until the person leaves. */
  public void run() throws InterruptedException {
    greet();
    while (!session.isEnded()) {
      try {
        run(reader.readLine("mdev> "));
      } catch (UserInterruptException discarded) {
        // Ctrl-C while a line was edited: the line is not wanted.
      } catch (EndOfFileException leaving) {
        return;
      }
    }
  }

  private void run(String line) throws InterruptedException {
    List<Step> steps;
    try {
      steps = Step.parse(line);
    } catch (SyntaxError wrong) {
      session.complain(String.valueOf(wrong.getMessage()));
      return;
    }
    for (Step step : steps) {
      if (session.isEnded() || !isDone(step)) {
        return;
      }
    }
  }

  /** Runs a command; false if it was not waited for, so that the rest of its line is not wanted. */
  private boolean isDone(Step step) throws InterruptedException {
    CompletableFuture<Boolean> over = new CompletableFuture<>();
    waiting = over;
    var _ =
        Thread.ofVirtual()
            .start(
                () -> {
                  boolean good = session.run(step);
                  if (!over.complete(true)) {
                    String end = good ? "done: " : "failed: ";
                    reader.printAbove(end + String.join(" ", step.words()));
                  }
                });
    try {
      return over.get(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException blocked) {
      say("(it waits; Ctrl-C stops waiting for it)");
      return over.join();
    } catch (ExecutionException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private void stopWaiting() {
    if (waiting.complete(false)) {
      say("\nno longer waited for, but it goes on");
    }
  }

  private void greet() {
    String modules =
        String.join(
            ", ",
            host.modules().found().stream()
                .filter(found -> found.refusal() == null)
                .map(FoundModule::name)
                .sorted()
                .toList());
    say("A machine '" + host.machine().name() + "' with its own /sys.");
    say("help lists the commands, TAB completes, Ctrl-D leaves.");
    if (host.modules().loaded().isEmpty()) {
      say("No module is loaded; modprobe loads these: " + modules + ".");
    }
  }

  private void say(String line) {
    terminal.writer().println(line);
    terminal.flush();
  }

  /**
   * Returns the file for the lines of earlier sessions, if it can be written: in the user's
   * directory for state, as the XDG base directory specification has it.
   */
  static Optional<Path> historyFile(Map<String, String> environment, String home) {
    try {
      Path state = Path.of(environment.getOrDefault("XDG_STATE_HOME", ""));
      // A relative one is to be ignored.
      Path base = state.isAbsolute() ? state : Path.of(home, ".local", "state");
      Path directory = base.resolve("mdev4j");
      if (!directory.isAbsolute()) {
        return Optional.empty();
      }
      Files.createDirectories(directory);
      Path file = directory.resolve("shell-history");
      boolean usable =
          Files.exists(file)
              ? Files.isRegularFile(file) && Files.isReadable(file) && Files.isWritable(file)
              : Files.isWritable(directory);
      return usable ? Optional.of(file) : Optional.empty();
    } catch (IOException | InvalidPathException nowhere) {
      return Optional.empty();
    }
  }

  @Override
  public void close() throws IOException {
    session.close();
    terminal.close();
  }
}
