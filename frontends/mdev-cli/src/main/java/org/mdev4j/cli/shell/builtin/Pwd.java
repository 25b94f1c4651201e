package org.mdev4j.cli.shell.builtin;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.mdev4j.cli.shell.Arguments;
import org.mdev4j.cli.shell.Builtin;
import org.mdev4j.cli.shell.Output;
import org.mdev4j.cli.shell.Session;
import org.mdev4j.cli.shell.UsageException;

/** {@code pwd}: says which directory this is. */
final class Pwd extends Builtin {
  Pwd() {
    super("pwd", "[-P]", "say which directory this is", Argument.NOTHING);
  }

  @Override
  public List<String> details() {
    return List.of("-P  its path free of links");
  }

  @Override
  public void run(Session session, List<String> given, Output output)
      throws UsageException, IOException {
    Arguments arguments = Arguments.parse(given, "P", "");
    arguments.atMost(0);
    Path directory = session.directory();
    output.line((arguments.has('P') ? directory.toRealPath() : directory).toString());
  }
}
