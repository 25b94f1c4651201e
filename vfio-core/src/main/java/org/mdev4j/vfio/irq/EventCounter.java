package org.mdev4j.vfio.irq;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.AtomicLong;

/**
 * An eventfd within the process: counts signals until they are taken.
 *
 * <h2>Thread safety</h2>
 *
 * The count is atomic; the monitor is only for waiting.
 */
public final class EventCounter implements Trigger {
  private final AtomicLong count = new AtomicLong();
  private final List<Runnable> listeners = new CopyOnWriteArrayList<>();
  private volatile int waiting;

  public EventCounter() {}

  @Override
  public void signal() {
    signal(Runnable::run);
  }

  @Override
  public void signal(Executor later) {
    count.incrementAndGet();
    if (waiting > 0) {
      synchronized (this) {
        notifyAll();
      }
    }
    if (!listeners.isEmpty()) {
      later.execute(this::tell);
    }
  }

  /** Calls all listeners; what one throws is thrown when the others were called, too. */
  private void tell() {
    RuntimeException thrown = null;
    for (Runnable listener : listeners) {
      count.set(0);
      try {
        listener.run();
      } catch (RuntimeException failure) {
        if (thrown == null) {
          thrown = failure;
        } else {
          thrown.addSuppressed(failure);
        }
      }
    }
    if (thrown != null) {
      throw thrown;
    }
  }

  /** The number of signals since they were last taken. */
  public long take() {
    return count.getAndSet(0);
  }

  /** The number of signals since they were last taken, without taking them. */
  public long peek() {
    return count.get();
  }

  /**
   * Waits up to {@code limit} for a signal.
   *
   * @return whether there is one; it is not taken
   */
  public synchronized boolean await(Duration limit) throws InterruptedException {
    long end = System.nanoTime() + limit.toNanos();
    waiting++;
    try {
      while (count.get() == 0) {
        long millis = (end - System.nanoTime()) / 1_000_000;
        if (millis <= 0) {
          return false;
        }
        wait(millis);
      }
      return true;
    } finally {
      waiting--;
    }
  }

  @Override
  public AutoCloseable listen(Runnable action) {
    listeners.add(action);
    if (take() > 0) {
      action.run();
    }
    return () -> listeners.remove(action);
  }
}
