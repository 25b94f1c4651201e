// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.device.host;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.lifetime.Activity;
import org.mdev4j.device.lifetime.Drained;
import org.mdev4j.device.lifetime.FailureListener;
import org.mdev4j.device.lifetime.Gate;

/**
 * The host's clock as it is lent to one module. Each action runs on a thread of its own, so one
 * that blocks delays no other, and its failure is reported. Closing the clock cancels the timers
 * that still wait and waits for the actions that run, so that a module's code never runs after its
 * module was unloaded.
 *
 * <h2>Thread safety</h2>
 *
 * A timer's action is taken out once: by the thread that runs it, or by the one that cancels it. An
 * action runs inside the gate, which only {@link #close} closes.
 */
class LentClock implements HostClock, Drained {
  private final String owner;
  private final HostClock clock;
  private final Executor threads;
  private final FailureListener failures;
  private final Gate gate = new Gate();
  private final ConcurrentMap<Long, LentTimer> waiting = new ConcurrentHashMap<>();
  private final AtomicLong scheduled = new AtomicLong();
  private final AtomicInteger left = new AtomicInteger();

  /**
   * @param owner to whom the clock is lent, for messages
   * @param clock says when an action is due, and is not held up by it
   * @param threads runs each action
   * @param failures is told of actions that threw, after that was logged
   */
  LentClock(String owner, HostClock clock, Executor threads, FailureListener failures) {
    this.owner = owner;
    this.clock = clock;
    this.threads = threads;
    this.failures = failures;
  }

  @Override
  public Instant now() {
    return clock.now();
  }

  /**
   * @throws IllegalStateException if the clock was closed
   */
  @Override
  public Timer schedule(Duration delay, Runnable action) {
    LentTimer timer = new LentTimer(action);
    waiting.put(timer.number, timer);
    try {
      timer.begin(clock.schedule(delay, () -> handOver(timer)));
      if (gate.isClosed()) {
        throw new IllegalStateException("the clock of " + owner + " is closed");
      }
    } catch (RuntimeException | Error refusal) {
      timer.cancel();
      throw refusal;
    }
    return timer;
  }

  /** How many timers were left for {@link #close} to cancel. */
  int left() {
    return left.get();
  }

  @Override
  @SuppressWarnings("ReferenceEquality") // a place is itself, whatever it equals
  public boolean waitsFor(Object place) {
    return place == this;
  }

  /**
   * Cancels what waits; then waits, not interruptibly, for the actions that run.
   *
   * @throws ErrnoException {@code EDEADLK} if one of these actions calls it; nothing has changed
   *     then
   */
  @Override
  public void close() {
    Activity.refuseSelfWait(() -> "the end of the timers of " + owner, this::waitsFor);
    gate.close();
    for (LentTimer timer : waiting.values()) {
      if (timer.drop()) {
        left.incrementAndGet();
      }
    }
    gate.closeAndDrain(this, () -> "a timer of " + owner + " that is running");
  }

  @Override
  public String toString() {
    return owner;
  }

  /** An action begins; false if it must not, since the module is gone. */
  boolean enter() {
    return gate.enter();
  }

  /** An action that {@link #enter} let in has ended. */
  void leave() {
    gate.leave();
  }

  private void handOver(LentTimer timer) {
    try {
      threads.execute(timer);
    } catch (RejectedExecutionException | OutOfMemoryError refusal) {
      // Late for the others is better than never for this one: a device's removal may wait for it.
      timer.run();
    }
  }

  private final class LentTimer implements Timer, Runnable {
    private final long number = scheduled.incrementAndGet();
    private final AtomicReference<@Nullable Runnable> action;
    private volatile @Nullable Timer timer;

    LentTimer(Runnable action) {
      this.action = new AtomicReference<>(action);
    }

    void begin(Timer itsTimer) {
      timer = itsTimer;
      if (action.get() == null) {
        // The clock was closed before there was a timer to cancel.
        itsTimer.cancel();
      }
    }

    @Override
    public void cancel() {
      var _ = drop();
    }

    /** Cancels the timer; whether its action was still to run. */
    boolean drop() {
      boolean waits = take() != null;
      Timer begun = timer;
      if (waits && begun != null) {
        begun.cancel();
      }
      return waits;
    }

    @Override
    public void run() {
      if (enter()) {
        try {
          Runnable due = take();
          if (due != null) {
            Activity.run("timer", LentClock.this, due);
          }
        } catch (Throwable failure) {
          failures.report("a timer of " + owner, failure);
        } finally {
          leave();
        }
      }
    }

    private @Nullable Runnable take() {
      waiting.remove(number);
      return action.getAndSet(null);
    }
  }
}
