package org.mdev4j.device.host;

import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.PriorityQueue;
import org.jspecify.annotations.Nullable;

/**
 * A clock that stands still until it is told to go on. Actions run on the thread that advances it,
 * one after the other, in the order of their time.
 *
 * <p>Thread-safe: the monitor guards the time and the list of timers and is not held while one
 * runs.
 */
public final class ManualClock implements HostClock {
  private final PriorityQueue<Pending> pending =
      new PriorityQueue<>(
          Comparator.comparing((Pending timer) -> timer.due)
              .thenComparingLong(timer -> timer.order));
  private Instant now;
  private long scheduled;

  public ManualClock(Instant start) {
    now = start;
  }

  /** A clock that starts at the epoch. */
  public ManualClock() {
    this(Instant.EPOCH);
  }

  @Override
  public synchronized Instant now() {
    return now;
  }

  @Override
  public Timer schedule(Duration delay, Runnable action) {
    Pending timer;
    synchronized (this) {
      timer = new Pending(now.plus(delay), scheduled++, action);
      pending.add(timer);
      notifyAll();
    }
    return () -> {
      synchronized (this) {
        pending.remove(timer);
      }
    };
  }

  /** Lets {@code time} pass and runs what became due. */
  public void advance(Duration time) {
    Instant until;
    synchronized (this) {
      until = now.plus(time);
    }
    while (true) {
      Pending next = takeDue(until);
      if (next == null) {
        return;
      }
      next.action.run();
    }
  }

  /** How many timers wait. */
  public synchronized int timers() {
    return pending.size();
  }

  /** Waits until at least {@code count} timers wait, that is, until somebody waits for the time. */
  public synchronized void awaitTimers(int count) throws InterruptedException {
    while (pending.size() < count) {
      wait();
    }
  }

  private synchronized @Nullable Pending takeDue(Instant until) {
    Pending next = pending.peek();
    if (next == null || next.due.isAfter(until)) {
      passUntil(until);
      return null;
    }
    pending.remove(next);
    passUntil(next.due);
    return next;
  }

  /** Time only goes forward, also if a timer's action or another thread has advanced it further. */
  private void passUntil(Instant time) {
    if (time.isAfter(now)) {
      now = time;
    }
  }

  private record Pending(Instant due, long order, Runnable action) {}
}
