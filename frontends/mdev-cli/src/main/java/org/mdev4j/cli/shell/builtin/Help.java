package org.mdev4j.cli.shell.builtin;

import java.util.List;
import java.util.Locale;
import org.mdev4j.cli.shell.Arguments;
import org.mdev4j.cli.shell.Builtin;
import org.mdev4j.cli.shell.Nearest;
import org.mdev4j.cli.shell.Output;
import org.mdev4j.cli.shell.Session;
import org.mdev4j.cli.shell.UsageException;

/** {@code help}: says what there is. */
final class Help extends Builtin {
  private static final List<String> LANGUAGE =
      List.of(
          "'...' and \"...\" quote, * ? [...] match names, ; separates commands, # starts a"
              + " comment.",
          "COMMAND & goes on without waiting. Errors start with the kernel's name for them.");

  Help() {
    super("help", "[COMMAND]", "say what there is", Argument.COMMAND);
  }

  @Override
  public void run(Session session, List<String> given, Output output) throws UsageException {
    List<String> operands = Arguments.parse(given).atMost(1);
    if (operands.isEmpty()) {
      for (Builtin builtin : session.builtins()) {
        output.line(String.format(Locale.ROOT, "%-29s %s", builtin.synopsis(), builtin.summary()));
      }
      output.line("");
      LANGUAGE.forEach(output::line);
      return;
    }
    String name = operands.getFirst();
    session
        .builtin(name)
        .ifPresentOrElse(
            builtin -> describe(builtin, output), () -> output.problem(unknown(session, name)));
  }

  private static void describe(Builtin builtin, Output output) {
    output.line(builtin.synopsis());
    output.line("  " + builtin.summary());
    builtin.details().forEach(line -> output.line("  " + line));
  }

  private static String unknown(Session session, String name) {
    List<String> names = session.builtins().stream().map(Builtin::name).toList();
    return "there is no command '"
        + name
        + "'"
        + Nearest.to(name, names)
            .map(near -> "; did you mean " + near + "?")
            .orElse("; help alone lists them");
  }
}
