package org.mdev4j.cli.shell.builtin;

import java.util.List;
import java.util.Map;
import org.mdev4j.cli.shell.Arguments;
import org.mdev4j.cli.shell.Builtin;
import org.mdev4j.cli.shell.Output;
import org.mdev4j.cli.shell.Session;
import org.mdev4j.cli.shell.UsageException;

/** {@code modprobe}: loads a module and what it requires. */
final class Modprobe extends Builtin {
  Modprobe() {
    super(
        "modprobe",
        "NAME [KEY=VALUE...]",
        "load a module, and before it those that it requires",
        Argument.MODULE);
  }

  @Override
  public List<String> details() {
    return List.of("A module that is loaded already stays as it is, whatever the parameters say.");
  }

  @Override
  public void run(Session session, List<String> given, Output output) throws UsageException {
    List<String> words = Arguments.parse(given).some("module");
    String module = words.getFirst();
    Map<String, String> parameters = Assignments.parse(words.subList(1, words.size()));
    if (session.host().modules().loaded(module) != null) {
      output.note(module + " is loaded already");
    }
    session.host().modules().modprobe(module, parameters);
  }
}
