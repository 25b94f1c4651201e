package org.mdev4j.driver.ccw.device;

import java.time.Duration;
import java.time.Instant;
import org.mdev4j.device.host.HostClock;

/**
 * A clock on which nobody ever waits: what is scheduled is done at once, and by then that much time
 * has passed. What a test has happen meanwhile comes first.
 */
final class ImpatientClock implements HostClock {
  private Instant now = Instant.EPOCH;
  private Runnable meanwhile = () -> {};

  /** Does {@code action} the next time that somebody waits, in the waiting thread. */
  void whenWaiting(Runnable action) {
    meanwhile = action;
  }

  @Override
  public Instant now() {
    return now;
  }

  @Override
  public Timer schedule(Duration delay, Runnable action) {
    Runnable first = meanwhile;
    meanwhile = () -> {};
    first.run();
    now = now.plus(delay);
    action.run();
    return () -> {};
  }
}
