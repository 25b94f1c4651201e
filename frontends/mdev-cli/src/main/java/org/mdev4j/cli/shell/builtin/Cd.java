package org.mdev4j.cli.shell.builtin;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.List;
import org.mdev4j.cli.shell.Arguments;
import org.mdev4j.cli.shell.Builtin;
import org.mdev4j.cli.shell.Output;
import org.mdev4j.cli.shell.Session;
import org.mdev4j.cli.shell.UsageException;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/** {@code cd}: goes to a directory. {@code cd ..} leaves through the link one came by. */
final class Cd extends Builtin {
  Cd() {
    super("cd", "[PATH]", "go to a directory", Argument.PATH);
  }

  @Override
  public List<String> details() {
    return List.of("without a path: to " + Session.HOME, "cd -: back to the directory before");
  }

  @Override
  public boolean mayRunInBackground() {
    return false;
  }

  @Override
  public void run(Session session, List<String> given, Output output)
      throws UsageException, IOException {
    List<String> operands = Arguments.parse(given).atMost(1);
    if (operands.isEmpty()) {
      enter(session, session.path(Session.HOME));
    } else if (operands.getFirst().equals("-")) {
      enter(session, session.previous());
      output.line(session.directory().toString());
    } else {
      enter(session, session.path(operands.getFirst()).normalize());
    }
  }

  private static void enter(Session session, Path path) throws IOException {
    if (!Files.readAttributes(path, BasicFileAttributes.class).isDirectory()) {
      throw new ErrnoException(Errno.ENOTDIR, path + " is no directory");
    }
    session.enter(path);
  }
}
