// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.cli.shell;

import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.PatternSyntaxException;
import org.jline.builtins.Options;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.Host;

/** One call of a command: what it was given, and where it prints. For one thread. */
final class Call {
  /** Where relative paths start. */
  static final String HOME = "/sys";

  private final ShellSession session;
  private final Builtin command;
  private final List<String> arguments;
  private final PrintWriter out;
  private final PrintWriter err;
  private boolean failed;

  Call(
      ShellSession session,
      Builtin command,
      List<String> arguments,
      PrintWriter out,
      PrintWriter err) {
    this.session = session;
    this.command = command;
    this.arguments = arguments;
    this.out = out;
    this.err = err;
  }

  ShellSession session() {
    return session;
  }

  Host host() {
    return session.host();
  }

  /** Returns the arguments as they were given. */
  List<String> arguments() {
    return arguments;
  }

  /**
   * Returns options and operands, sorted by what the command's help says of them.
   *
   * @param least how many operands have to be there
   * @param most how many can be there
   * @throws Misuse for others
   */
  Options options(int least, int most) {
    Options options = Options.compile(command.help().toArray(String[]::new), variable -> null);
    try {
      options.parse(arguments);
    } catch (IllegalArgumentException wrong) {
      throw misused(String.valueOf(wrong.getMessage()).replaceFirst("^\\w+: ", ""));
    }
    int given = options.args().size();
    if (given < least) {
      throw misused("an argument is missing");
    }
    if (given > most) {
      throw misused("'" + options.args().get(most) + "' is one argument too many");
    }
    return options;
  }

  /** Returns the operands of a command without options; see {@link #options}. */
  List<String> operands(int least, int most) {
    return options(least, most).args();
  }

  /** Returns what to throw if the arguments make no sense. */
  Misuse misused(String why) {
    return new Misuse(why + " (usage: " + command.usage() + ")");
  }

  /**
   * Returns the path that {@code text} names.
   *
   * @throws ErrnoException {@code ENOENT} for the empty text, {@code EINVAL} for what is not a path
   */
  Path path(String text) {
    if (text.isEmpty()) {
      throw new ErrnoException(Errno.ENOENT, "the empty path names nothing");
    }
    try {
      Path home = host().path(HOME);
      return text.equals(".") ? home : home.resolve(text);
    } catch (InvalidPathException invalid) {
      throw new ErrnoException(Errno.EINVAL, String.valueOf(invalid.getMessage()), invalid);
    }
  }

  /**
   * Returns what matches the {@code *}, {@code ?} and {@code [...]} in {@code text}, sorted, or
   * else its path.
   */
  List<Path> paths(String text) {
    Path whole = path(text);
    if (!text.matches(".*[*?\\[].*")) {
      return List.of(whole);
    }
    List<Path> found = List.of(host().path("/"));
    for (Path name : whole) {
      List<Path> next = new ArrayList<>();
      for (Path directory : found) {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory, name.toString())) {
          entries.forEach(next::add);
        } catch (IOException | DirectoryIteratorException | PatternSyntaxException nothing) {
          // Nothing matches in what is not a directory, or no longer one.
        }
      }
      found = next;
    }
    return found.isEmpty() ? List.of(whole) : found.stream().sorted().toList();
  }

  /** Prints a line. */
  void line(String line) {
    text(line + "\n");
  }

  /** Prints text as it is. */
  void text(String text) {
    out.print(text);
  }

  /** Complains: the command has failed, whatever else it does. */
  void problem(String problem) {
    failed = true;
    out.flush();
    err.print(command.name() + ": " + problem + "\n");
    err.flush();
  }

  /** Complains about a refusal. See {@link #problem(String)}. */
  void problem(IOException refusal) {
    String message = refusal.getMessage() == null ? refusal.toString() : refusal.getMessage();
    problem(refusal.getCause() instanceof ErrnoException errno ? errno.summary() : message);
  }

  /** Returns whether the command has complained. */
  boolean failed() {
    return failed;
  }

  /** Does something to each of {@code things}, also after one that refuses. */
  <T> void each(List<T> things, Work<T> work) {
    for (T thing : things) {
      try {
        work.on(thing);
      } catch (IOException refused) {
        problem(refused);
      } catch (ErrnoException refusal) {
        problem(refusal.summary());
      }
    }
  }

  /** A command was called the wrong way. */
  static final class Misuse extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private Misuse(String message) {
      super(message);
    }
  }

  /** What is done to each of several things. */
  @FunctionalInterface
  interface Work<T> {
    void on(T thing) throws IOException;
  }
}
