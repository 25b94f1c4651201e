package org.mdev4j.cli.shell.builtin;

import java.util.List;
import org.mdev4j.cli.shell.Arguments;
import org.mdev4j.cli.shell.Builtin;
import org.mdev4j.cli.shell.Output;
import org.mdev4j.cli.shell.Session;
import org.mdev4j.cli.shell.UsageException;

/** {@code exit}: ends the session. */
final class Exit extends Builtin {
  Exit() {
    super("exit", "", "leave; so does Ctrl-D", Argument.NOTHING);
  }

  @Override
  public boolean mayRunInBackground() {
    return false;
  }

  @Override
  public void run(Session session, List<String> given, Output output) throws UsageException {
    Arguments.parse(given).atMost(0);
    session.end();
  }
}
