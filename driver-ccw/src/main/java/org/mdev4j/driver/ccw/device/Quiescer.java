package org.mdev4j.driver.ccw.device;

import java.time.Duration;
import java.util.concurrent.locks.Condition;
import org.mdev4j.css.Pmcw;
import org.mdev4j.css.Quiesce;
import org.mdev4j.css.Subchannel;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.HostClock;

/**
 * Disables a subchannel, whatever it is doing ({@code spec/ccw.md} 2.7): as long as it is busy, it
 * is asked to cancel, halt or clear, and its interrupt is waited for.
 *
 * <p>The subchannel lock guards it, and has to be held for every call; it is given up while an
 * interrupt is waited for. One thread quiesces at a time: another one {@linkplain #awaitOther
 * waits} first.
 */
final class Quiescer {
  /** How long an interrupt is waited for. That none comes is no error: the next round tells. */
  static final Duration PATIENCE = Duration.ofSeconds(3);

  private final Subchannel subchannel;
  private final HostClock clock;
  private final Condition changed;
  private boolean active;
  private boolean waitOver;
  private int waits;

  Quiescer(Subchannel subchannel, HostClock clock) {
    this.subchannel = subchannel;
    this.clock = clock;
    changed = subchannel.lock().newCondition();
  }

  /**
   * An interrupt has come.
   *
   * @return true if the subchannel is being brought to rest: the interrupt is nobody else's then
   */
  boolean takesInterrupt() {
    endWait();
    return active;
  }

  /** Whether the subchannel is being brought to rest: nothing may be begun on it. */
  boolean isActive() {
    return active;
  }

  /** Waits until no other thread brings the subchannel to rest. */
  void awaitOther() {
    while (active) {
      changed.awaitUninterruptibly();
    }
  }

  /**
   * Brings the subchannel to rest and disables it.
   *
   * @throws ErrnoException {@code ENODEV} if it is gone, {@code EIO} if it was not enabled or can't
   *     be brought to rest
   */
  void disable() {
    if (!subchannel.schib().pmcw().has(Pmcw.ENABLED)) {
      throw new ErrnoException(Errno.EIO, subchannel.id() + " is not enabled");
    }
    if (tryDisable()) {
      return;
    }
    active = true;
    try {
      Quiesce quiesce = new Quiesce(subchannel);
      do {
        if (!quiesce.round()) {
          awaitInterrupt();
        }
      } while (!tryDisable());
    } finally {
      active = false;
      changed.signalAll();
    }
  }

  /** Disables it, if it is not busy. */
  private boolean tryDisable() {
    try {
      subchannel.disable();
      return true;
    } catch (ErrnoException refusal) {
      if (refusal.errno() == Errno.EBUSY) {
        return false;
      }
      throw refusal;
    }
  }

  private void awaitInterrupt() {
    waitOver = false;
    int wait = ++waits;
    HostClock.Timer timer = clock.schedule(PATIENCE, () -> giveUp(wait));
    while (!waitOver) {
      changed.awaitUninterruptibly();
    }
    timer.cancel();
  }

  /** A timer that was too late to be cancelled must not end the next wait. */
  private void giveUp(int wait) {
    subchannel.lock().lock();
    try {
      if (wait == waits) {
        endWait();
      }
    } finally {
      subchannel.lock().unlock();
    }
  }

  /** The thread that waits for an interrupt looks again. */
  void endWait() {
    waitOver = true;
    changed.signalAll();
  }
}
