package org.mdev4j.device.host;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.lifetime.Activity;
import org.mdev4j.device.lifetime.Drained;
import org.mdev4j.device.lifetime.FailureListener;

/**
 * Work that is done later, one piece after the other, in the order in which it was submitted, on a
 * thread that the host lends.
 *
 * <h2>Thread safety</h2>
 *
 * The monitor guards the list, the worker and the flag, and is not held while work runs. While the
 * queue has no worker the list is empty. {@link #close} refuses new work and waits for what was
 * submitted, so that a module's code never runs after its module was unloaded.
 */
public final class WorkQueue implements Drained {
  private final String name;
  private final Executor threads;
  private final FailureListener failures;
  // Takes a node before it changes anything, so it stays whole when memory has run out.
  private final Queue<Runnable> todo = new ConcurrentLinkedQueue<>();
  private @Nullable Worker worker;
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
   * A queue that reports failures.
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
   * @throws java.util.concurrent.RejectedExecutionException if the host lends no thread; the work
   *     is not done then, and the queue is as it was before
   * @throws OutOfMemoryError the same, if a thread can't be made
   */
  public synchronized boolean submit(Runnable work) {
    if (closed) {
      return false;
    }
    if (worker != null) {
      todo.add(work);
      return true;
    }
    Worker lent = new Worker();
    todo.add(work);
    worker = lent;
    try {
      threads.execute(lent);
    } catch (RuntimeException | Error refusal) {
      worker = null;
      todo.clear();
      throw refusal;
    }
    return true;
  }

  /**
   * Waits until the queue is empty and idle, not interruptibly; an interrupt is kept for the
   * caller.
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
    return worker != null;
  }

  private synchronized void awaitIdle() {
    boolean interrupted = false;
    while (worker != null) {
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

  /**
   * The next piece for {@code asking}; null if it has nothing more to do. An executor may refuse a
   * worker and run it all the same, when the host has another one.
   */
  private synchronized @Nullable Runnable next(Worker asking) {
    if (worker != asking) {
      return null;
    }
    Runnable next = todo.poll();
    if (next == null) {
      worker = null;
      notifyAll();
    }
    return next;
  }

  @Override
  public String toString() {
    return "queue " + name;
  }

  /** Does the work on one thread that was lent, until the queue is empty. */
  private final class Worker implements Runnable {
    @Override
    public void run() {
      try {
        Activity.run("work", WorkQueue.this, this::work);
      } catch (OutOfMemoryError noActivity) {
        // Then without it: a worker that does not end its work keeps all from flushing the queue.
        work();
      }
    }

    private void work() {
      for (Runnable next = next(this); next != null; next = next(this)) {
        try {
          next.run();
        } catch (Throwable failure) {
          failures.report("work of queue " + name, failure);
        }
      }
    }
  }
}
