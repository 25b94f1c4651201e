package org.mdev4j.vfio.migration;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A lock that never keeps one particular caller waiting: what {@link #request} asks for is done at
 * once if the lock is free, else by its holder just before it lets go.
 *
 * <h2>Thread safety</h2>
 *
 * {@code requested} is guarded by this object's monitor, a leaf that is held for a few
 * instructions. The lock is given up only under the monitor and only when nothing is requested. So
 * a requester, who raises the flag and tries the lock under the same monitor, either gets it or
 * knows that the holder will still see the flag.
 */
class DeferringLock {
  private final ReentrantLock lock = new ReentrantLock();
  private final Runnable action;
  private boolean requested;

  /**
   * @param action what {@link #request} asks for; runs with the lock held and must not throw
   */
  DeferringLock(Runnable action) {
    this.action = action;
  }

  /** Runs {@code work} with the lock held; not reentrant. */
  <T extends @Nullable Object> T holding(Supplier<T> work) {
    if (lock.isHeldByCurrentThread()) {
      throw new IllegalStateException("a migration model called the migration that called it");
    }
    lock.lock();
    try {
      return work.get();
    } finally {
      release();
    }
  }

  /** Has the action done: now, or by the lock's holder when it has finished. Never waits. */
  void request() {
    if (raiseAndTryLock()) {
      release();
    }
  }

  /** Raises the flag and tries the lock, as one step: true if the caller holds the lock now. */
  synchronized boolean raiseAndTryLock() {
    raise();
    return tryLock();
  }

  synchronized void raise() {
    requested = true;
  }

  boolean tryLock() {
    return !lock.isHeldByCurrentThread() && lock.tryLock();
  }

  private void release() {
    while (!released()) {
      action.run();
    }
  }

  private synchronized boolean released() {
    if (requested) {
      requested = false;
      return false;
    }
    lock.unlock();
    return true;
  }
}
