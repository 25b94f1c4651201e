package org.mdev4j.cli.shell.builtin;

import java.util.List;
import org.mdev4j.cli.shell.Arguments;
import org.mdev4j.cli.shell.Builtin;
import org.mdev4j.cli.shell.Output;
import org.mdev4j.cli.shell.Session;
import org.mdev4j.cli.shell.UsageException;

/** {@code wait}: waits for the commands that run in the background; fails if one of them does. */
final class Wait extends Builtin {
  Wait() {
    super("wait", "", "wait for what runs in the background", Argument.NOTHING);
  }

  @Override
  public boolean mayRunInBackground() {
    return false;
  }

  @Override
  public void run(Session session, List<String> given, Output output) throws UsageException {
    Arguments.parse(given).atMost(0);
    try {
      session.jobs().awaitAll();
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
    }
    if (session.jobs().takeFailure()) {
      output.problem("a command in the background has failed");
    }
  }
}
