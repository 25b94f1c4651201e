package org.mdev4j.device.host;

import java.time.Duration;
import java.time.Instant;

/**
 * The host's clock. Every wait with a limit goes through it, so that a test which injects its own
 * decides what time it is.
 *
 * <p>Implementations are thread-safe.
 */
public interface HostClock {
  /** The time. */
  Instant now();

  /**
   * Runs {@code action} once, when {@code delay} has passed. The action must be short: it runs on
   * the clock's own thread.
   */
  Timer schedule(Duration delay, Runnable action);

  /** An action that waits for its time. */
  interface Timer {
    /** Keeps the action from running, unless it has begun. A second call does nothing. */
    void cancel();
  }
}
