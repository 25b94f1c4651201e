package org.mdev4j.cli.shell.builtin;

import java.util.List;
import org.mdev4j.cli.shell.Arguments;
import org.mdev4j.cli.shell.Builtin;
import org.mdev4j.cli.shell.Job;
import org.mdev4j.cli.shell.Output;
import org.mdev4j.cli.shell.Session;
import org.mdev4j.cli.shell.UsageException;

/** {@code jobs}: lists the commands that run in the background. */
final class ShowJobs extends Builtin {
  ShowJobs() {
    super("jobs", "", "list what runs in the background", Argument.NOTHING);
  }

  @Override
  public void run(Session session, List<String> given, Output output) throws UsageException {
    Arguments.parse(given).atMost(0);
    List<Job> running = session.jobs().running();
    if (running.isEmpty()) {
      output.note("nothing runs in the background");
    }
    running.forEach(job -> output.line("[" + job.number() + "] " + job.text()));
  }
}
