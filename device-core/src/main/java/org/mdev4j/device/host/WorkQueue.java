package org.mdev4j.device.host;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.Executor;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.lifetime.Activity;
import org.mdev4j.device.lifetime.Drained;
import org.mdev4j.device.lifetime.FailureListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Work that is done later, one piece after the other, in the order in which it was submitted, on a
 * thread that the host lends.
 *
 * <h2>Thread safety</h2>
 *
 * The monitor guards the list and the two flags and is not held while work runs. {@link #close}
 * refuses new work and waits for what was submitted, so that a module's code never runs after its
 * module was unloaded.
 */
public final class WorkQueue implements Drained {
  private static final Logger log = LoggerFactory.getLogger(WorkQueue.class);

  private final String name;
  private final Executor threads;
  private final FailureListener failures;
  private final Deque<Runnable> todo = new ArrayDeque<>();
  private boolean running;
  private boolean closed;

  /**
   * A queue of one's own; a driver gets its queues from {@link ModuleContext#workQueue}.
   *
   * @param name for messages
   * @param threads runs the queue's work, for one thread at a time
   */
  public WorkQueue(String name, Executor threads) {
    this(name, threads, FailureListener.NONE);
  }

  /**
   * A queue of which somebody wants to know what failed.
   *
   * @param name for messages
   * @param threads runs the queue's work, for one thread at a time
   * @param failures is told of work that threw, after that was logged
   */
  public WorkQueue(String name, Executor threads, FailureListener failures) {
    this.name = name;
    this.threads = threads;
    this.failures = failures;
  }

  /**
   * Submits {@code work}. If it throws, that is logged and the next piece runs.
   *
   * @return false if the queue was closed; the work is not done then
   */
  public synchronized boolean submit(Runnable work) {
    if (closed) {
      return false;
    }
    todo.add(work);
    if (!running) {
      running = true;
      threads.execute(() -> Activity.run("work", this, this::work));
    }
    return true;
  }

  /**
   * Waits until the queue is empty and idle.
   *
   * @throws ErrnoException {@code EDEADLK} if work of this queue calls it
   */
  public void flush() {
    Activity.refuseSelfWait(() -> "the flush of " + this, this::waitsFor);
    if (isRunning()) {
      Activity.waiting(this, () -> "the work of " + this, this::awaitIdle);
    }
  }

  private synchronized boolean isRunning() {
    return running;
  }

  private synchronized void awaitIdle() {
    boolean interrupted = false;
    while (running) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public boolean waitsFor(Object place) {
    return place == this;
  }

  /**
   * Refuses new work and waits for what was submitted.
   *
   * @throws ErrnoException {@code EDEADLK} if work of this queue calls it; it stays open then
   */
  @Override
  public void close() {
    Activity.refuseSelfWait(() -> "the close of " + this, this::waitsFor);
    synchronized (this) {
      closed = true;
    }
    flush();
  }

  private void work() {
    while (true) {
      Runnable next;
      synchronized (this) {
        next = todo.poll();
        if (next == null) {
          running = false;
          notifyAll();
          return;
        }
      }
      try {
        next.run();
      } catch (Throwable failure) {
        log.error("work queue {}: {} failed", name, next, failure);
        failures.failed("work of queue " + name, failure);
      }
    }
  }

  @Override
  public String toString() {
    return "queue " + name;
  }
}
