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

  /**
   * @param released called, without the lock, each time it was let go of
   */
  IoLock(Runnable released) {
    this.released = released;
  }

  void lock() {
    lock.lock();
  }

  boolean tryLock() {
    return lock.tryLock();
  }

  void unlock() {
    lock.unlock();
    released.run();
  }
}
