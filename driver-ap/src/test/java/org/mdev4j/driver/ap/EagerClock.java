package org.mdev4j.driver.ap;

import java.time.Duration;
import java.time.Instant;
import org.mdev4j.device.host.HostClock;
import org.mdev4j.device.host.ManualClock;

/**
 * A clock on which short waits are over at once, by letting their time pass; long ones wait until
 * the test lets it.
 */
final class EagerClock implements HostClock {
  private static final Duration LONG = Duration.ofSeconds(1);

  final ManualClock manual = new ManualClock();
  private Duration waited = Duration.ZERO;

  /** The time that passed in short waits since the last call, in milliseconds. */
  synchronized long takeWaited() {
    long millis = waited.toMillis();
    waited = Duration.ZERO;
    return millis;
  }

  @Override
  public Instant now() {
    return manual.now();
  }

  @Override
  public Timer schedule(Duration delay, Runnable action) {
    if (delay.compareTo(LONG) >= 0) {
      return manual.schedule(delay, action);
    }
    synchronized (this) {
      waited = waited.plus(delay);
    }
    manual.advance(delay);
    action.run();
    return () -> {};
  }
}
