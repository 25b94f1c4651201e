package org.mdev4j.cli.shell.builtin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.mdev4j.cli.shell.Arguments;
import org.mdev4j.cli.shell.Builtin;
import org.mdev4j.cli.shell.Output;
import org.mdev4j.cli.shell.Session;
import org.mdev4j.cli.shell.UsageException;

/** {@code readlink}: says where links lead. */
final class Readlink extends Builtin {
  Readlink() {
    super("readlink", "[-f] PATH...", "say where a link leads", Argument.PATH);
  }

  @Override
  public List<String> details() {
    return List.of("-f  the absolute path of what it leads to in the end");
  }

  @Override
  public void run(Session session, List<String> given, Output output) throws UsageException {
    Arguments arguments = Arguments.parse(given, "f", "");
    for (String operand : arguments.some("link")) {
      try {
        Path path = session.path(operand);
        Path target = arguments.has('f') ? path.toRealPath() : Files.readSymbolicLink(path);
        output.line(target.toString());
      } catch (IOException refused) {
        output.problem(refused);
      }
    }
  }
}
