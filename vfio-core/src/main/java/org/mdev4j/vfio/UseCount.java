package org.mdev4j.vfio;

import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntConsumer;
import org.mdev4j.device.host.HostClock;

/**
 * The registration count of a VFIO device ({@code spec/vfio.md} 1.1, 1.3, 1.4): one for the
 * registration itself and one for each user.
 *
 * <pre>
 *   0 --start--> 1 --tryGet--> 2, 3, ... --put--> ... --put--> 0
 *   not registered   registered   in use                          drained: tryGet fails for ever
 * </pre>
 *
 * <h2>Thread safety</h2>
 *
 * {@link #tryGet} and {@link #put} are one compare-and-set and take no lock. Only the put that
 * reaches zero takes the monitor, on which the one drainer waits; the drainer tests the count under
 * the monitor, so it cannot miss that put.
 */
class UseCount {
  private final AtomicInteger count = new AtomicInteger();

  /** Takes the registration's own reference. Called once, before anything else succeeds. */
  void start() {
    count.set(1);
  }

  /** Adds one unless the count is zero; after a drain it stays zero. */
  boolean tryGet() {
    int seen = count.get();
    while (seen > 0) {
      if (replace(seen, seen + 1)) {
        return true;
      }
      seen = count.get();
    }
    return false;
  }

  /**
   * Takes back one; the last one wakes whoever drains.
   *
   * @throws IllegalStateException if there is none; the count stays zero
   */
  void put() {
    int seen = count.get();
    while (seen > 0) {
      if (replace(seen, seen - 1)) {
        if (seen == 1) {
          wake();
        }
        return;
      }
      seen = count.get();
    }
    throw new IllegalStateException("a device reference was put more often than gotten");
  }

  /** Makes {@code next} of {@code seen}: true unless the count has changed meanwhile. */
  boolean replace(int seen, int next) {
    return count.compareAndSet(seen, next);
  }

  /** Lets the drainer, if it waits, look at the count again. */
  synchronized void wake() {
    notifyAll();
  }

  /** Users now, without the registration's own reference; for messages. */
  int get() {
    return count.get();
  }

  /**
   * Drops the registration's own reference and waits for zero. While users remain, {@code request}
   * is called with 0, 1, 2 ... and {@code interval} passes between two calls. The wait has no limit
   * and is not interruptible; an interrupt is kept for the caller.
   */
  void drain(HostClock clock, Duration interval, IntConsumer request) {
    put();
    boolean interrupted = false;
    for (int asked = 0; count.get() != 0; asked++) {
      request.accept(asked);
      interrupted |= await(clock, interval);
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /** Waits for zero or until {@code limit} has passed; whether it was interrupted meanwhile. */
  private boolean await(HostClock clock, Duration limit) {
    boolean interrupted = false;
    boolean[] over = {false};
    HostClock.Timer timer =
        clock.schedule(
            limit,
            () -> {
              synchronized (this) {
                over[0] = true;
                notifyAll();
              }
            });
    synchronized (this) {
      while (count.get() != 0 && !over[0]) {
        try {
          wait();
        } catch (InterruptedException e) {
          interrupted = true;
        }
      }
    }
    timer.cancel();
    return interrupted;
  }
}
