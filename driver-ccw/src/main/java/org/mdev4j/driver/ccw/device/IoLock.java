package org.mdev4j.driver.ccw.device;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The I/O lock of one device: one request at a time, and everything that a request and its status
 * share. It may be held for long: while a user's buffer arrives, while pages are pinned, while the
 * subchannel is brought to rest. Who has it must not take it again.
 *
 * <p>Work that needs it must not wait for it on a queue that others share. So it tries, and goes
 * away if somebody has the lock: whoever lets go of it then has the work called again. The work
 * itself waits for no request, at most for the address space to unpin in, so whoever finds that the
 * work has it waits for that moment.
 */
final class IoLock {
  private enum Holder {
    NOBODY,
    REQUEST,
    WORK
  }

  private final ReentrantLock state = new ReentrantLock();
  private final Condition free = state.newCondition();
  private final Runnable released;
  private Holder holder = Holder.NOBODY;

  /**
   * @param released called, without the lock, each time it was let go of
   */
  IoLock(Runnable released) {
    this.released = released;
  }

  void lock() {
    state.lock();
    try {
      while (holder != Holder.NOBODY) {
        free.awaitUninterruptibly();
      }
      holder = Holder.REQUEST;
    } finally {
      state.unlock();
    }
  }

  /** Takes it, unless somebody has it who may keep it for long. */
  boolean tryLock() {
    state.lock();
    try {
      while (holder == Holder.WORK) {
        free.awaitUninterruptibly();
      }
      return take(Holder.REQUEST);
    } finally {
      state.unlock();
    }
  }

  void unlock() {
    release();
    released.run();
  }

  /** Takes it for work that waits for no request: nobody takes it for a request. */
  boolean tryLockForWork() {
    state.lock();
    try {
      return take(Holder.WORK);
    } finally {
      state.unlock();
    }
  }

  /** Ends what {@link #tryLockForWork} began; that work looks itself whether more is due. */
  void unlockAfterWork() {
    release();
  }

  private boolean take(Holder taker) {
    if (holder != Holder.NOBODY) {
      return false;
    }
    holder = taker;
    return true;
  }

  private void release() {
    state.lock();
    try {
      holder = Holder.NOBODY;
      free.signalAll();
    } finally {
      state.unlock();
    }
  }
}
