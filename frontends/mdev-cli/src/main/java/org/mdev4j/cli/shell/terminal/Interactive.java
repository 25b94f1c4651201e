package org.mdev4j.cli.shell.terminal;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jline.terminal.Terminal.Signal;
import org.jline.terminal.TerminalBuilder;
import org.jspecify.annotations.Nullable;
import org.mdev4j.cli.shell.Interpreter;
import org.mdev4j.cli.shell.Job;
import org.mdev4j.cli.shell.Screen;
import org.mdev4j.cli.shell.Session;
import org.mdev4j.device.host.FoundModule;

/**
 * A session with a person at a terminal.
 *
 * <h2>Thread safety</h2>
 *
 * One thread reads lines and waits for commands. Ctrl-C arrives on a thread of JLine, which knows
 * the command that is waited for by {@code current}. A job's end is told by the job's own thread;
 * JLine puts it above the line that is being edited.
 */
public final class Interactive implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(2);

  private final Session session;
  private final Terminal terminal;
  private final LineReader reader;
  private final Interpreter interpreter;
  private volatile @Nullable Job current;

  /**
   * @param err for complaints, which may be somewhere else than the terminal
   */
  public Interactive(Session session, PrintWriter err) throws IOException {
    this(
        session,
        err,
        TerminalBuilder.builder().name("mdev").system(true).jni(false).build(),
        HistoryFile.find(System.getenv(), System.getProperty("user.home")));
  }

  Interactive(Session session, PrintWriter err, Terminal terminal, Optional<Path> history) {
    this.session = session;
    this.terminal = terminal;
    this.reader = reader(session, terminal, history);
    this.interpreter =
        new Interpreter(
            session, new Screen(terminal.writer(), err, () -> width(terminal)), this::await);
    var _ = terminal.handle(Signal.INT, signal -> stopWaiting());
    session.jobs().onEnd(this::tellEnded);
  }

  private static LineReader reader(Session session, Terminal terminal, Optional<Path> history) {
    LineReaderBuilder builder =
        LineReaderBuilder.builder()
            .terminal(terminal)
            .appName("mdev")
            .parser(new DefaultParser())
            .completer(new ShellCompleter(session))
            .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
            .option(LineReader.Option.INSERT_TAB, false)
            // A second TAB lists again, and does not pick the first of what was listed.
            .option(LineReader.Option.AUTO_MENU, false)
            .option(LineReader.Option.AUTO_REMOVE_SLASH, false);
    history.ifPresent(file -> builder.variable(LineReader.HISTORY_FILE, file));
    return builder.build();
  }

  private static int width(Terminal terminal) {
    return terminal.getColumns() > 0 ? terminal.getColumns() : 80;
  }

  /** Reads and runs lines until the person leaves. */
  public void run() throws InterruptedException {
    greet();
    while (!session.isEnded()) {
      try {
        var _ = interpreter.run(reader.readLine(prompt()), true);
      } catch (UserInterruptException discarded) {
        // Ctrl-C while a line was edited: the line is not wanted.
      } catch (EndOfFileException leaving) {
        session.end();
      }
    }
    session.close();
    if (!session.jobs().running().isEmpty()) {
      say("waiting for what runs in the background ...");
      session.jobs().awaitAll();
    }
  }

  @Override
  public void close() throws IOException {
    terminal.close();
  }

  private void greet() {
    String modules =
        session.host().modules().found().stream()
            .filter(found -> found.refusal() == null)
            .map(FoundModule::name)
            .sorted()
            .collect(Collectors.joining(", "));
    say("A machine '" + session.host().machine().name() + "' with its own /sys.");
    say("help lists the commands, TAB completes, Ctrl-D leaves.");
    if (session.host().modules().loaded().isEmpty()) {
      say("No module is loaded; modprobe loads these: " + modules + ".");
    }
  }

  private String prompt() {
    return "mdev:" + Prompt.shorten(session.directory().toString()) + "$ ";
  }

  private boolean await(Job job) throws InterruptedException {
    current = job;
    try {
      if (!job.await(PATIENCE)) {
        say("(it waits; Ctrl-C stops waiting for it)");
        job.await();
      }
    } finally {
      current = null;
    }
    return job.number() == 0;
  }

  private void stopWaiting() {
    Job job = current;
    if (job != null && session.jobs().toBackground(job)) {
      say("\nno longer waited for, but it goes on:\n[" + job.number() + "] " + job.text());
    }
  }

  private void tellEnded() {
    session.jobs().takeEnded().forEach(job -> reader.printAbove(job.report()));
    // Who has been told need not be told again by a later wait.
    var _ = session.jobs().takeFailure();
  }

  private void say(String line) {
    terminal.writer().println(line);
    terminal.flush();
  }
}
