package org.mdev4j.cli.shell.builtin;

import java.util.List;
import org.mdev4j.cli.shell.Arguments;
import org.mdev4j.cli.shell.Builtin;
import org.mdev4j.cli.shell.Output;
import org.mdev4j.cli.shell.Session;
import org.mdev4j.cli.shell.UsageException;

/** {@code insmod}: loads a module alone. */
final class Insmod extends Builtin {
  Insmod() {
    super(
        "insmod",
        "NAME [KEY=VALUE...]",
        "load this module; those that it requires must be loaded",
        Argument.MODULE);
  }

  @Override
  public void run(Session session, List<String> given, Output output) throws UsageException {
    List<String> words = Arguments.parse(given).some("module");
    session
        .host()
        .modules()
        .insmod(words.getFirst(), Assignments.parse(words.subList(1, words.size())));
  }
}
