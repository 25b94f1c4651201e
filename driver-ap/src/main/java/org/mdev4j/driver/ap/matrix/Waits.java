package org.mdev4j.driver.ap.matrix;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.mdev4j.device.host.HostClock;

/** Waiting for hardware, by the host's clock. */
final class Waits {
  /** How long it is left alone before it is asked again. */
  static final Duration INTERVAL = Duration.ofMillis(20);

  private Waits() {}

  /** Waits for {@link #INTERVAL}; an interrupt is kept for the caller. */
  static void pause(HostClock clock) {
    CountDownLatch passed = new CountDownLatch(1);
    var _ = clock.schedule(INTERVAL, passed::countDown);
    boolean interrupted = false;
    while (true) {
      try {
        passed.await();
        break;
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
