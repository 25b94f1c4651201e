package org.mdev4j.device.lifetime;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;

/**
 * Open, closing, closed: lets callers pass while it is open and, when it is closed, waits until the
 * last of them has left.
 *
 * <p>It guards an attribute against removal while a {@code show} or {@code store} runs, and a
 * parent against unregistration while a create or remove is in progress.
 *
 * <h2>Thread safety</h2>
 *
 * One atomic word holds the number of callers inside and, in its sign bit, whether the gate was
 * closed. {@link #enter} adds one only while the bit is clear, so no caller can slip in after
 * {@link #close} has set it; this holds also when a closer is still waiting, which a read-write
 * lock's {@code tryLock} would not promise. The one closer publishes itself before it tests the
 * count, and a leaver tests for a waiter after it has lowered the count: one of the two always sees
 * the other.
 */
public final class Gate {
  private static final int CLOSED = Integer.MIN_VALUE;

  private final AtomicInteger state = new AtomicInteger();
  private volatile Thread[] waiters = {};

  /** Passes the gate: true unless it was closed. Each true is followed by one {@link #leave}. */
  public boolean enter() {
    while (true) {
      int seen = state.get();
      if (seen < 0) {
        return false;
      }
      if (state.compareAndSet(seen, seen + 1)) {
        return true;
      }
    }
  }

  /** Ends what a successful {@link #enter} began. */
  public void leave() {
    int after = state.decrementAndGet();
    if (after == CLOSED) {
      for (Thread waiter : waiters) {
        LockSupport.unpark(waiter);
      }
    }
  }

  /** Closes the gate without waiting. True for the one call that closed it. */
  public boolean close() {
    return (state.getAndUpdate(seen -> seen | CLOSED) & CLOSED) == 0;
  }

  /** Closes the gate if no caller is inside. True for the one call that closed it. */
  public boolean closeIfEmpty() {
    return state.compareAndSet(0, CLOSED);
  }

  /** How many callers are inside. */
  public int inside() {
    return state.get() & ~CLOSED;
  }

  /**
   * Closes the gate and waits, without a limit and not interruptibly, until everyone who had
   * entered has left. Must not be called from inside: who enters and calls what may close the gate
   * does so as an {@link Activity}. An interrupt is kept for the caller.
   */
  public void closeAndDrain() {
    close();
    if (state.get() == CLOSED) {
      return;
    }
    addWaiter(Thread.currentThread());
    boolean interrupted = false;
    while (state.get() != CLOSED) {
      LockSupport.park(this);
      interrupted |= Thread.interrupted();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * As {@link #closeAndDrain()}; a wait is told to what the thread is inside of, see {@link
   * Activity#waiting}.
   *
   * @param place where those are who have entered
   * @param forWhat what is waited for, for people
   */
  public void closeAndDrain(Object place, Supplier<String> forWhat) {
    close();
    if (state.get() != CLOSED) {
      Activity.waiting(place, forWhat, this::closeAndDrain);
    }
  }

  public boolean isClosed() {
    return state.get() < 0;
  }

  private synchronized void addWaiter(Thread thread) {
    Thread[] grown = java.util.Arrays.copyOf(waiters, waiters.length + 1);
    grown[waiters.length] = thread;
    waiters = grown;
  }
}
