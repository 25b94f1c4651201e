package org.mdev4j.cli.shell;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.Reader;

/** Runs commands that a program or a file gives, line by line. */
public final class Script {
  private final Session session;
  private final Screen screen;
  private final boolean keepGoing;

  /**
   * @param keepGoing whether to go on after a command that failed
   */
  public Script(Session session, Screen screen, boolean keepGoing) {
    this.session = session;
    this.screen = screen;
    this.keepGoing = keepGoing;
  }

  /**
   * Runs all lines, or those up to the first that fails; then closes the session and waits for what
   * runs in the background.
   *
   * @return true if nothing failed, or failures don't matter
   */
  public boolean run(Reader input) throws IOException, InterruptedException {
    Interpreter interpreter = new Interpreter(session, screen, Interpreter.Foreground::patiently);
    BufferedReader lines = new BufferedReader(input);
    int number = 0;
    boolean good = true;
    while (!session.isEnded()) {
      String line = lines.readLine();
      if (line == null) {
        break;
      }
      number++;
      good = interpreter.run(line, keepGoing);
      reportEnded();
      if (!good && !keepGoing) {
        complain("stopped at line " + number + "; --keep-going would go on");
        break;
      }
    }
    session.close();
    session.jobs().awaitAll();
    reportEnded();
    if (session.jobs().takeFailure() && good && !keepGoing) {
      complain("a command in the background has failed");
      good = false;
    }
    return good || keepGoing;
  }

  private void reportEnded() {
    session.jobs().takeEnded().forEach(job -> screen.err().println(job.report()));
    screen.err().flush();
  }

  private void complain(String what) {
    screen.err().println("mdev: " + what);
    screen.err().flush();
  }
}
