package org.mdev4j.cli.shell.builtin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.cli.shell.Arguments;
import org.mdev4j.cli.shell.Builtin;
import org.mdev4j.cli.shell.Output;
import org.mdev4j.cli.shell.Session;
import org.mdev4j.cli.shell.UsageException;

/** {@code tree}: draws a directory with all that is below it. */
final class Tree extends Builtin {
  Tree() {
    super("tree", "[-L DEPTH] [PATH]", "draw a directory and what is below it", Argument.PATH);
  }

  @Override
  public List<String> details() {
    return List.of("-L  how many directories deep; links are shown and not followed");
  }

  @Override
  public void run(Session session, List<String> given, Output output)
      throws UsageException, IOException {
    Arguments arguments = Arguments.parse(given, "", "L");
    int depth = depth(arguments.value('L'));
    List<String> operands = arguments.atMost(1);
    String operand = operands.isEmpty() ? "." : operands.getFirst();
    List<Path> entries = Entry.in(session.path(operand));
    output.line(operands.isEmpty() ? session.directory().toString() : operand);
    draw(entries, "", depth, output);
  }

  private static int depth(@Nullable String text) throws UsageException {
    try {
      int depth = text == null ? Integer.MAX_VALUE : Integer.parseInt(text);
      if (depth > 0) {
        return depth;
      }
    } catch (NumberFormatException malformed) {
      // Said below.
    }
    throw new UsageException("a depth is a number from 1, not '" + text + "'");
  }

  private static void draw(List<Path> entries, String indent, int depth, Output output)
      throws IOException {
    for (int i = 0; i < entries.size(); i++) {
      Path entry = entries.get(i);
      boolean last = i == entries.size() - 1;
      String line = indent + (last ? "`-- " : "|-- ") + Entry.name(entry);
      if (Files.isSymbolicLink(entry)) {
        output.line(line + " -> " + Files.readSymbolicLink(entry));
      } else {
        output.line(line);
        if (depth > 1 && Files.isDirectory(entry, LinkOption.NOFOLLOW_LINKS)) {
          draw(below(entry), indent + (last ? "    " : "|   "), depth - 1, output);
        }
      }
    }
  }

  private static List<Path> below(Path directory) throws IOException {
    try {
      return Entry.in(directory);
    } catch (NoSuchFileException gone) {
      // It went away after its name was read.
      return List.of();
    }
  }
}
