package org.mdev4j.driver.ccw.device;

import java.util.concurrent.locks.ReentrantLock;

/**
 * The I/O lock of one device: one request at a time, and everything that a request and its status
 * share. It may be held for long: while a user's buffer arrives, while pages are pinned, while the
 * subchannel is brought to rest.
 *
 * <p>Work that needs it must not wait for it on a queue that others share. So it tries, and goes
 * away if somebody has the lock: whoever lets go of it then has the work called again.
 */
final class IoLock {
  private final ReentrantLock lock = new ReentrantLock();
  private final Runnable released;
  private volatile boolean brief;

  /**
   * @param released called, without the lock, each time it was let go of
   */
  IoLock(Runnable released) {
    this.released = released;
  }

  void lock() {
    lock.lock();
  }

  /** Takes it, unless somebody has it who may keep it for long. */
  boolean tryLock() {
    while (!lock.tryLock()) {
      if (!brief) {
        return false;
      }
      Thread.onSpinWait();
    }
    return true;
  }

  void unlock() {
    lock.unlock();
    released.run();
  }

  /** Takes it for work that waits for nobody: a request does not take it for another request. */
  boolean tryLockBriefly() {
    brief = true;
    boolean locked = lock.tryLock();
    brief = locked;
    return locked;
  }

  /** Ends what {@link #tryLockBriefly} began; that work looks itself whether more is due. */
  void unlockBriefly() {
    brief = false;
    lock.unlock();
  }
}
