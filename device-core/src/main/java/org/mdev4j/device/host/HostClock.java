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
   * Runs {@code action} once, when {@code delay} has passed.
   *
   * <p>On a host each action runs on a thread that the host lends, so one that blocks delays no
   * other; and two actions may run at the same time, whatever their order. What an action throws is
   * logged and reported to {@link Tracing#onFailure}. A {@link ManualClock} runs the actions of
   * everybody one after the other, on the thread that advances it: an action that waits for another
   * one belongs into a {@link WorkQueue}.
   *
   * @throws IllegalStateException if the clock was lent to a module that was unloaded
   */
  Timer schedule(Duration delay, Runnable action);

  /** An action that waits for its time. */
  interface Timer {
    /**
     * Keeps the action from running, unless it has begun; does not wait for one that has. A second
     * call does nothing.
     */
    void cancel();
  }
}
