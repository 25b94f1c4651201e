package org.mdev4j.cli.shell.builtin;

import java.util.List;
import org.mdev4j.cli.shell.Arguments;
import org.mdev4j.cli.shell.Builtin;
import org.mdev4j.cli.shell.Output;
import org.mdev4j.cli.shell.Session;
import org.mdev4j.cli.shell.UsageException;
import org.mdev4j.device.errno.ErrnoException;

/** {@code close}: lets devices go that {@code open} holds. */
final class Close extends Builtin {
  Close() {
    super("close", "UUID...", "let go of a device that open holds", Argument.HELD_DEVICE);
  }

  @Override
  public void run(Session session, List<String> given, Output output) throws UsageException {
    for (String device : Arguments.parse(given).some("device")) {
      try {
        session.letGo(device);
      } catch (ErrnoException refusal) {
        output.problem(refusal.summary());
      }
    }
  }
}
