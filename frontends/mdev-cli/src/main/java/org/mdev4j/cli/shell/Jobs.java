package org.mdev4j.cli.shell;

import java.util.ArrayList;
import java.util.List;

/**
 * The jobs of a session. Those in the background have numbers, from 1, and are reported when they
 * end.
 *
 * <p>Thread-safe: the monitor guards the lists and is not held while a job runs or is reported.
 */
public final class Jobs {
  private final List<Job> background = new ArrayList<>();
  private final List<Job> ended = new ArrayList<>();
  private Runnable bell = () -> {};
  private boolean failure;

  /** Has {@code action} run, on the job's thread, whenever a background job has ended. */
  public synchronized void onEnd(Runnable action) {
    bell = action;
  }

  /** Has {@code job} carry out {@code command}. */
  void start(Job job, Runnable command) {
    var _ =
        Thread.ofVirtual()
            .name("job " + job.text())
            .start(
                () -> {
                  command.run();
                  finish(job);
                });
  }

  /** Stops anybody from waiting for {@code job}, which goes on; false if it is done already. */
  public synchronized boolean toBackground(Job job) {
    int number = background.isEmpty() ? 1 : background.getLast().number() + 1;
    if (!job.toBackground(number)) {
      return false;
    }
    background.add(job);
    return true;
  }

  /** The jobs in the background that run. */
  public synchronized List<Job> running() {
    return List.copyOf(background);
  }

  /** Waits for those jobs that run in the background now, until their ends were told. */
  public synchronized void awaitAll() throws InterruptedException {
    List<Job> awaited = running();
    while (background.stream().anyMatch(awaited::contains)) {
      wait();
    }
  }

  /** Takes the background jobs that have ended since the last call. */
  public synchronized List<Job> takeEnded() {
    List<Job> taken = List.copyOf(ended);
    ended.clear();
    return taken;
  }

  /** Whether a background job has failed since the last call. */
  public synchronized boolean takeFailure() {
    boolean taken = failure;
    failure = false;
    return taken;
  }

  private void finish(Job job) {
    Runnable action;
    synchronized (this) {
      if (!job.end()) {
        return;
      }
      ended.add(job);
      failure |= job.failed();
      action = bell;
    }
    action.run();
    synchronized (this) {
      background.remove(job);
      notifyAll();
    }
  }
}
