package org.mdev4j.cli.shell.builtin;

import java.util.List;
import org.mdev4j.cli.shell.Arguments;
import org.mdev4j.cli.shell.Builtin;
import org.mdev4j.cli.shell.Output;
import org.mdev4j.cli.shell.Session;
import org.mdev4j.cli.shell.UsageException;
import org.mdev4j.device.Uevent;

/** {@code uevents}: shows what was announced since it was asked last. */
final class ShowUevents extends Builtin {
  ShowUevents() {
    super("uevents", "", "show what was announced since last time", Argument.NOTHING);
  }

  @Override
  public void run(Session session, List<String> given, Output output) throws UsageException {
    Arguments.parse(given).atMost(0);
    List<Uevent> events = session.events().drain();
    if (events.isEmpty()) {
      output.note("nothing was announced");
    }
    events.forEach(event -> output.line(event.toString()));
  }
}
