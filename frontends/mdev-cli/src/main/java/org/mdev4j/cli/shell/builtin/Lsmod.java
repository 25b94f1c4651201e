package org.mdev4j.cli.shell.builtin;

import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;
import org.mdev4j.cli.shell.Arguments;
import org.mdev4j.cli.shell.Builtin;
import org.mdev4j.cli.shell.Output;
import org.mdev4j.cli.shell.Session;
import org.mdev4j.cli.shell.UsageException;
import org.mdev4j.device.host.LoadedModule;

/** {@code lsmod}: lists the loaded modules, the newest first, with who uses them. */
final class Lsmod extends Builtin {
  Lsmod() {
    super("lsmod", "", "list loaded modules", Argument.NOTHING);
  }

  @Override
  public void run(Session session, List<String> given, Output output) throws UsageException {
    Arguments.parse(given).atMost(0);
    List<LoadedModule> loaded = session.host().modules().loaded();
    if (loaded.isEmpty()) {
      output.note("no module is loaded; modprobe loads one");
      return;
    }
    output.line("Module            Users  Used by");
    for (LoadedModule module : loaded.reversed()) {
      String usedBy =
          loaded.stream()
              .filter(other -> other.requires().contains(module.name()))
              .map(LoadedModule::name)
              .collect(Collectors.joining(","));
      String line =
          String.format(Locale.ROOT, "%-17s %5d  %s", module.name(), module.users(), usedBy);
      output.line(line.stripTrailing());
    }
  }
}
