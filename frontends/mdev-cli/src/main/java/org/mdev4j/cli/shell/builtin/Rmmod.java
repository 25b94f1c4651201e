package org.mdev4j.cli.shell.builtin;

import java.util.List;
import org.mdev4j.cli.shell.Arguments;
import org.mdev4j.cli.shell.Builtin;
import org.mdev4j.cli.shell.Output;
import org.mdev4j.cli.shell.Session;
import org.mdev4j.cli.shell.UsageException;
import org.mdev4j.device.errno.ErrnoException;

/** {@code rmmod}: unloads modules. */
final class Rmmod extends Builtin {
  Rmmod() {
    super("rmmod", "NAME...", "unload modules", Argument.LOADED_MODULE);
  }

  @Override
  public void run(Session session, List<String> given, Output output) throws UsageException {
    for (String module : Arguments.parse(given).some("module")) {
      try {
        session.host().modules().rmmod(module);
      } catch (ErrnoException refusal) {
        output.problem(refusal.summary());
      }
    }
  }
}
