package org.mdev4j.cli.shell.builtin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.mdev4j.cli.shell.Arguments;
import org.mdev4j.cli.shell.Builtin;
import org.mdev4j.cli.shell.Output;
import org.mdev4j.cli.shell.Session;
import org.mdev4j.cli.shell.UsageException;

/** {@code ls}: names what is in directories. */
final class Ls extends Builtin {
  Ls() {
    super("ls", "[-ld] [PATH...]", "list directories", Argument.PATH);
  }

  @Override
  public List<String> details() {
    return List.of(
        "-l  modes, sizes, device numbers and where links lead",
        "-d  a directory itself, not what is in it",
        "A link to a directory is followed, unless with -l.");
  }

  @Override
  public void run(Session session, List<String> given, Output output) throws UsageException {
    // Nothing in the tree is hidden, so -a asks for nothing; with -1, names are one a line anyway.
    Arguments arguments = Arguments.parse(given, "lad1", "");
    List<String> operands = arguments.operands();
    List<Path> single = new ArrayList<>();
    List<String> directories = new ArrayList<>();
    for (String operand : operands.isEmpty() ? List.of(".") : operands) {
      Path path = session.path(operand);
      try {
        if (isListed(path, operand, arguments)) {
          directories.add(operand);
        } else {
          single.add(path);
        }
      } catch (IOException refused) {
        output.problem(refused);
      }
    }
    print(single, arguments, output);
    boolean first = single.isEmpty();
    for (String directory : directories) {
      if (operands.size() > 1) {
        output.line((first ? "" : "\n") + directory + ":");
        first = false;
      }
      try {
        print(Entry.in(session.path(directory)), arguments, output);
      } catch (IOException refused) {
        output.problem(refused);
      }
    }
  }

  private static boolean isListed(Path path, String operand, Arguments arguments)
      throws IOException {
    if (arguments.has('d')) {
      return !Entry.exists(path);
    }
    boolean follows = !arguments.has('l') || operand.endsWith("/");
    LinkOption[] options =
        follows ? new LinkOption[0] : new LinkOption[] {LinkOption.NOFOLLOW_LINKS};
    return Files.readAttributes(path, java.nio.file.attribute.BasicFileAttributes.class, options)
        .isDirectory();
  }

  private static void print(List<Path> paths, Arguments arguments, Output output) {
    if (arguments.has('l')) {
      for (Path path : paths) {
        try {
          output.line(Entry.describe(path));
        } catch (IOException gone) {
          output.problem(gone);
        }
      }
    } else if (output.width() > 0 && !arguments.has('1')) {
      Columns.of(paths.stream().map(Entry::mark).toList(), output.width()).forEach(output::line);
    } else {
      paths.forEach(path -> output.line(Entry.name(path)));
    }
  }
}
