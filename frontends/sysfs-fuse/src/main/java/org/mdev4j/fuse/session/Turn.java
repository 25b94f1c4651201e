package org.mdev4j.fuse.session;

import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * Whose turn it is to read requests. One worker has the turn and keeps it while it answers, since
 * that is over soon, and nobody else has to be woken for the next request. The others wait in
 * {@link #take} and watch: who is at one request for too long loses the turn to one of them.
 *
 * <h2>Thread safety</h2>
 *
 * {@code step} says it all: while it is even, its holder reads; while it is odd, the holder is at a
 * request, and may lose the turn to whoever adds one first. So every step has one holder, and a
 * holder knows its turn by the number. Of those that wait one watches, under {@code watch}.
 */
final class Turn {
  /** No step: the turn was lost, or there is none any more. */
  static final long NONE = -1;

  /** How long one may be at a request and keep the turn; nanoseconds. */
  static final long PATIENCE = 1_000_000;

  private static final long FIRST = 1;

  private final AtomicLong step = new AtomicLong(FIRST);
  private volatile long given = FIRST;
  private volatile boolean over;
  private volatile @Nullable Thread holder; // or who had it last

  private final Lock watch = new ReentrantLock();
  private volatile @Nullable Thread watcher;
  private volatile boolean holderSleeps;
  private volatile boolean watcherSleeps;

  /** Waits for the turn to read; its step, or {@link #NONE} when there is nothing more to read. */
  long take() {
    watch.lock();
    try {
      watcher = Thread.currentThread();
      long before = NONE;
      while (!over) {
        long now = step.get();
        if (now % 2 == 1 && (now == given || now == before) && step.compareAndSet(now, now + 1)) {
          holder = Thread.currentThread();
          return now + 1;
        }
        before = now;
        watch();
      }
      return NONE;
    } finally {
      watcher = null;
      watch.unlock();
    }
  }

  /** The holder, which read until now, has a request. */
  void begin(long mine) {
    step.set(mine + 1);
  }

  /** Who calls this is going to wait; if it is at a request and has the turn, another takes it. */
  void stepAside() {
    if (holder == Thread.currentThread()) {
      given = step.get();
      wakeWatcher();
    }
  }

  /** The holder is done with the request: the step at which it reads on, or {@link #NONE}. */
  long goOn(long mine) {
    return step.compareAndSet(mine + 1, mine + 2) ? mine + 2 : NONE;
  }

  /** The holder, which reads, is going to sleep until there is a request. */
  void fallAsleep() {
    holderSleeps = true;
  }

  /** There is a request. */
  void wakeUp() {
    holderSleeps = false;
    if (watcherSleeps) {
      wakeWatcher();
    }
  }

  /** The holder fails, wherever it was; another takes the turn. */
  void drop(long mine) {
    var _ = step.compareAndSet(mine, mine + 1);
    wakeUp();
  }

  /** The holder found that there will be no more requests. */
  void end() {
    over = true;
    wakeWatcher();
  }

  /**
   * Lets the holder's patience pass; if it sleeps, until it wakes, as there is nothing to watch.
   */
  private void watch() {
    watcherSleeps = true;
    boolean nothingToWatch = holderSleeps;
    if (nothingToWatch) {
      LockSupport.park(this);
    }
    watcherSleeps = false;
    if (!nothingToWatch) {
      LockSupport.parkNanos(this, PATIENCE);
    }
  }

  private void wakeWatcher() {
    Thread waits = watcher;
    if (waits != null) {
      LockSupport.unpark(waits);
    }
  }
}
