// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.cli.shell;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.Reader;
import java.io.StringWriter;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Set;
import org.jline.reader.SyntaxError;
import org.mdev4j.device.Uevents;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.Host;

/**
 * Carries out lines of commands on a host, for one user: who has its own view of what was
 * announced.
 *
 * <p>Thread-safe. The host is the caller's; close the session first.
 */
public final class ShellSession implements AutoCloseable {
  private static final Set<StandardOpenOption> FOR_WRITING =
      Set.of(
          StandardOpenOption.WRITE,
          StandardOpenOption.CREATE,
          StandardOpenOption.TRUNCATE_EXISTING);

  private final Host host;
  private final PrintWriter out;
  private final PrintWriter err;
  private final Uevents.Subscription events;
  private volatile boolean ended;

  /**
   * @param out for answers
   * @param err for complaints
   */
  public ShellSession(Host host, PrintWriter out, PrintWriter err) {
    this.host = host;
    this.out = out;
    this.err = err;
    this.events = host.uevents().subscribe();
  }

  Host host() {
    return host;
  }

  /** Returns what the driver core announced and the session has not shown. */
  Uevents.Subscription events() {
    return events;
  }

  /** Says that no further command is wanted. */
  void end() {
    ended = true;
  }

  public boolean isEnded() {
    return ended;
  }

  /**
   * Runs all lines of a pipe, or those up to the first command that fails.
   *
   * @param keepGoing whether to go on after a command that failed
   * @return true if nothing failed, or failures do not matter
   */
  public boolean run(Reader input, boolean keepGoing) throws IOException {
    BufferedReader lines = new BufferedReader(input);
    int number = 0;
    while (!ended) {
      String line = lines.readLine();
      if (line == null) {
        break;
      }
      number++;
      if (!run(line, keepGoing) && !keepGoing) {
        complain("stopped at line " + number + "; --keep-going would go on");
        return false;
      }
    }
    return true;
  }

  /**
   * Runs the commands of a line; those after a failed one only if {@code keepGoing}.
   *
   * @return whether none of them failed
   */
  public boolean run(String line, boolean keepGoing) {
    boolean good = true;
    try {
      for (Step step : Step.parse(line)) {
        if (ended || (!good && !keepGoing)) {
          break;
        }
        good &= run(step);
      }
    } catch (SyntaxError wrong) {
      complain(String.valueOf(wrong.getMessage()));
      return false;
    }
    return good;
  }

  /** Runs a command; true if it succeeded. */
  boolean run(Step step) {
    String name = step.words().getFirst();
    Builtin command = Builtin.named(name);
    if (command == null) {
      complain(Builtin.unknown(name));
      return false;
    }
    List<String> arguments = step.words().subList(1, step.words().size());
    StringWriter caught = new StringWriter();
    PrintWriter answers = step.target() == null ? out : new PrintWriter(caught);
    Call call = new Call(this, command, arguments, answers, err);
    try {
      if (step.target() == null) {
        command.action().run(call);
      } else {
        // The file is opened before the command runs, and all it prints goes out in one write.
        try (SeekableByteChannel file = open(call.path(step.target()))) {
          command.action().run(call);
          write(caught.toString(), file);
        }
      }
    } catch (Call.Misuse wrong) {
      call.problem(String.valueOf(wrong.getMessage()));
    } catch (IOException refused) {
      call.problem(refused);
    } catch (ErrnoException refusal) {
      call.problem(refusal.summary());
    } catch (RuntimeException | Error bug) {
      // Nothing else reports it, and the shell goes on.
      call.problem("broke: " + bug);
    }
    out.flush();
    return !call.failed();
  }

  /** Opens the target as a shell does: asking for it to be made, which a sysfs refuses. */
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

  private static void write(String text, SeekableByteChannel file) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
    while (bytes.hasRemaining()) {
      var _ = file.write(bytes);
    }
  }

  void complain(String what) {
    err.print("mdev: " + what + "\n");
    err.flush();
  }

  @Override
  public void close() {
    events.close();
  }
}
