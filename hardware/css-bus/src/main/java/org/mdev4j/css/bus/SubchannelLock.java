package org.mdev4j.css.bus;

import java.util.concurrent.locks.ReentrantLock;

/** A lock after whose release something may be due: interrupts do not come while it is held. */
final class SubchannelLock extends ReentrantLock {
  private static final long serialVersionUID = 1L;

  private final transient Runnable onRelease;

  /**
   * @param onRelease called, without the lock, by whoever let go of it
   */
  SubchannelLock(Runnable onRelease) {
    this.onRelease = onRelease;
  }

  @Override
  public void unlock() {
    boolean last = getHoldCount() == 1;
    super.unlock();
    if (last) {
      onRelease.run();
    }
  }

  /** Lets go of it, and leaves what is due to others. */
  void unlockQuietly() {
    super.unlock();
  }
}
