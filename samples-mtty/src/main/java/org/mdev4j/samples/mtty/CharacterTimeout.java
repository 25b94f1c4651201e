package org.mdev4j.samples.mtty;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.host.HostClock;

/**
 * The receiver's character time-out: bytes wait below the level, and for a while none came and none
 * was read. Once it is pending only a read ends it.
 *
 * <h2>Thread safety</h2>
 *
 * Called under the card's monitor, {@code lock}; the timer takes it itself. At most one timer runs,
 * not one per byte: when it goes off it looks how long it really was quiet.
 */
final class CharacterTimeout {
  private final Object lock;
  private final HostClock clock;
  private final Runnable look;
  private Instant quietSince;
  private boolean pending;
  private HostClock.@Nullable Timer timer;

  /**
   * @param lock guards everything; the timer takes it
   * @param look called under it when the time may have come: to call {@link #watch} again
   */
  CharacterTimeout(Object lock, HostClock clock, Runnable look) {
    this.lock = lock;
    this.clock = clock;
    this.look = look;
    quietSince = clock.now();
  }

  boolean isPending() {
    return pending;
  }

  /** A byte came: the time starts anew, but what is pending stays. */
  void byteCame() {
    quietSince = clock.now();
  }

  /** A byte was read, or all were dropped: the time starts anew. */
  void byteRead() {
    quietSince = clock.now();
    pending = false;
  }

  /** Bytes wait below the level: sees to it that it becomes pending after {@code limit}. */
  void watch(Duration limit) {
    if (pending || timer != null) {
      return;
    }
    Duration left = limit.minus(Duration.between(quietSince, clock.now()));
    if (left.isPositive()) {
      // No longer than the limit, even if somebody has set the clock back.
      timer = clock.schedule(left.compareTo(limit) > 0 ? limit : left, this::timePassed);
    } else {
      pending = true;
    }
  }

  /** Nothing is pending and no timer runs. */
  void reset() {
    pending = false;
    pause();
  }

  /** No timer runs until the next {@link #watch}. */
  void pause() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  private void timePassed() {
    synchronized (lock) {
      if (timer != null) {
        timer = null;
        look.run();
      }
    }
  }
}
