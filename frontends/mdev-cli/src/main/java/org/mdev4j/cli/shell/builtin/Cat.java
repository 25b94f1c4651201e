package org.mdev4j.cli.shell.builtin;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.List;
import org.mdev4j.cli.shell.Arguments;
import org.mdev4j.cli.shell.Builtin;
import org.mdev4j.cli.shell.Output;
import org.mdev4j.cli.shell.Session;
import org.mdev4j.cli.shell.UsageException;

/** {@code cat}: shows files. */
final class Cat extends Builtin {
  Cat() {
    super("cat", "PATH...", "show files", Argument.PATH);
  }

  @Override
  public void run(Session session, List<String> given, Output output) throws UsageException {
    for (String operand : Arguments.parse(given).some("file")) {
      try {
        byte[] content = Files.readAllBytes(session.path(operand));
        output.text(new String(content, StandardCharsets.UTF_8));
      } catch (IOException refused) {
        output.problem(refused);
      }
    }
  }
}
