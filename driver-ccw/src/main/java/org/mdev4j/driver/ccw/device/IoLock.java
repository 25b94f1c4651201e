package org.mdev4j.driver.ccw.device;

import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * The I/O lock of one device: one request at a time, and everything that a request and its status
 * share. It may be held for long: while a user's buffer arrives, while pages are pinned, while the
 * subchannel is brought to rest. It is not reentrant.
 *
 * <p>Channel reports come on the same queue as statuses, and are told while a request is being
 * made. So the work only tries to take the lock, and goes away if a request has it; the release of
 * the lock has the work called again. The work waits for no request, at most for the address space
 * to unpin in, so a request that finds the lock taken by the work waits for that moment.
 */
class IoLock {
  private enum Holder {
    NONE,
    REQUEST,
    WORK
  }

  private final ReentrantLock state = new ReentrantLock();
  private final Condition free = state.newCondition();
  private final Runnable released;
  private Holder holder = Holder.NONE;

  /**
   * @param released called, without the lock, each time it was let go of
   */
  IoLock(Runnable released) {
    this.released = released;
  }

  void lock() {
    state.lock();
    try {
      while (holder != Holder.NONE) {
        free.awaitUninterruptibly();
      }
      holder = Holder.REQUEST;
    } finally {
      state.unlock();
    }
  }

  /** Takes it, unless a request has it, which may keep it for long. */
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

  /** Takes it for work, which waits for no request. */
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
    if (holder != Holder.NONE) {
      return false;
    }
    holder = taker;
    return true;
  }

  private void release() {
    state.lock();
    try {
      holder = Holder.NONE;
      free.signalAll();
    } finally {
      state.unlock();
    }
  }
}
