package org.mdev4j.cli.shell;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/** Runs lines in a session. For one thread; the commands themselves run on threads of their own. */
public final class Interpreter {
  private static final Set<StandardOpenOption> FOR_WRITING =
      Set.of(
          StandardOpenOption.WRITE,
          StandardOpenOption.CREATE,
          StandardOpenOption.TRUNCATE_EXISTING);

  private final Session session;
  private final Screen screen;
  private final Foreground foreground;
  private boolean wanted = true;

  /** Waits for a job. */
  @FunctionalInterface
  public interface Foreground {
    /**
     * Returns when the job is done, or was sent to the background.
     *
     * @return false if the rest of its line is not wanted
     */
    boolean await(Job job) throws InterruptedException;

    /** Waits however long it takes. */
    static boolean patiently(Job job) throws InterruptedException {
      job.await();
      return true;
    }
  }

  public Interpreter(Session session, Screen screen, Foreground foreground) {
    this.session = session;
    this.screen = screen;
    this.foreground = foreground;
  }

  /**
   * Runs the commands of a line, one after the other; those after a failed one only if {@code
   * keepGoing}.
   *
   * @return whether none of those that were waited for failed
   */
  public boolean run(String line, boolean keepGoing) throws InterruptedException {
    List<Step> steps;
    try {
      steps = Syntax.parse(line);
    } catch (SyntaxException wrong) {
      new Output(screen, "mdev").problem(String.valueOf(wrong.getMessage()));
      return false;
    }
    boolean good = true;
    wanted = true;
    for (Step step : steps) {
      if (session.isEnded() || !wanted || (!good && !keepGoing)) {
        break;
      }
      good &= run(step);
    }
    return good;
  }

  private boolean run(Step step) throws InterruptedException {
    List<String> words = Expansion.of(step.words(), session.directory());
    String name = words.getFirst();
    Optional<Builtin> builtin = session.builtin(name);
    if (builtin.isEmpty()) {
      new Output(screen, "mdev").problem(unknown(name));
      return false;
    }
    Output output = new Output(screen, name);
    if (step.background() && !builtin.get().mayRunInBackground()) {
      output.problem("can't run in the background");
      return false;
    }
    List<String> arguments = words.subList(1, words.size());
    Job job = new Job(step.text(), output);
    if (step.background() && session.jobs().toBackground(job)) {
      new Output(screen, name).note("[" + job.number() + "] " + job.text());
    }
    session.jobs().start(job, () -> carryOut(builtin.get(), arguments, step.target(), output));
    if (step.background()) {
      return true;
    }
    wanted = foreground.await(job);
    // Whoever is sent to the background is judged when it ends.
    return job.number() > 0 || !output.failed();
  }

  private String unknown(String name) {
    List<String> names = session.builtins().stream().map(Builtin::name).toList();
    return "there is no command '"
        + name
        + "'"
        + Nearest.to(name, names).map(near -> "; did you mean " + near + "?").orElse("; try help");
  }

  private void carryOut(
      Builtin builtin, List<String> arguments, @Nullable String target, Output output) {
    try {
      if (target == null) {
        builtin.run(session, arguments, output);
      } else {
        redirect(builtin, arguments, target, output);
      }
    } catch (UsageException wrong) {
      output.problem(wrong.getMessage() + " (usage: " + builtin.synopsis() + ")");
    } catch (IOException refused) {
      output.problem(refused);
    } catch (ErrnoException refusal) {
      output.problem(refusal.summary());
    } catch (RuntimeException | Error bug) {
      // Nobody else hears of it, and the shell goes on.
      output.problem("broke: " + bug);
    }
  }

  /** The file is opened before the command runs, and all it prints goes out in one write. */
  private void redirect(Builtin builtin, List<String> arguments, String target, Output output)
      throws UsageException, IOException {
    try (SeekableByteChannel file = open(session.path(target))) {
      output.capture();
      builtin.run(session, arguments, output);
      ByteBuffer bytes = ByteBuffer.wrap(output.captured().getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        var _ = file.write(bytes);
      }
    }
  }

  /** As a shell opens the target: asking for it to be made, which a sysfs refuses. */
  private static SeekableByteChannel open(Path path) throws IOException {
    try {
      return Files.newByteChannel(path, FOR_WRITING);
    } catch (AccessDeniedException refused) {
      if (Files.notExists(path, LinkOption.NOFOLLOW_LINKS)) {
        throw new ErrnoException(
            Errno.EACCES, "there is no " + path + ", and no file can be made here", refused);
      }
      throw refused;
    }
  }
}
