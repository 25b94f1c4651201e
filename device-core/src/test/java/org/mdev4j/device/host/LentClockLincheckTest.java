// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.device.host;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.Schedules;
import org.mdev4j.device.lifetime.FailureListener;

/** A timer that is due against its cancellation and the unloading of its module. */
@DisplayName("timers of a module that is unloaded")
class LentClockLincheckTest {
  @Test
  @DisplayName("no action begins once it was cancelled, none runs once the clock is closed")
  void close() {
    options().check(RealTimer.class);
  }

  @Test
  @DisplayName(
      "an action that looks whether the clock is closed, and then runs, outlives its module")
  void plantedLookThenRun() {
    assertThatThrownBy(() -> options().check(LookThenRun.class))
        .isInstanceOf(LincheckAssertionError.class);
  }

  private static ModelCheckingOptions options() {
    return Schedules.drawn(10)
        .invocationsPerIteration(1000)
        .sequentialSpecification(Specified.class)
        .actorsPerThread(2)
        .actorsBefore(0)
        .actorsAfter(1);
  }

  /** What one timer is to look like. */
  public static final class Specified {
    private boolean pending = true;

    public boolean fire() {
      boolean runs = pending;
      pending = false;
      return runs;
    }

    public void cancel() {
      pending = false;
    }

    public boolean isRunningAfterClose() {
      pending = false;
      return false;
    }
  }

  /** One timer of the clock itself. */
  public static class RealTimer {
    private final LentClock clock;
    private final HostClock.Timer timer;
    private Runnable due = () -> {};
    private boolean ran;
    private volatile boolean running;

    public RealTimer() {
      this(false);
    }

    RealTimer(boolean planted) {
      clock =
          planted
              ? new Careless(new Time())
              : new LentClock("test", new Time(), Runnable::run, FailureListener.NONE);
      timer = clock.schedule(Duration.ZERO, this::act);
    }

    private void act() {
      running = true;
      ran = true;
      running = false;
    }

    /** The time has come; whether the action ran. */
    @Operation(runOnce = true)
    public boolean fire() {
      due.run();
      return ran;
    }

    @Operation
    public void cancel() {
      timer.cancel();
    }

    @Operation(runOnce = true)
    public boolean isRunningAfterClose() {
      clock.close();
      return running;
    }

    /** Keeps the action until the test fires it. */
    private final class Time implements HostClock {
      @Override
      public Instant now() {
        return Instant.EPOCH;
      }

      @Override
      public Timer schedule(Duration delay, Runnable action) {
        due = action;
        return () -> {};
      }
    }
  }

  /** The same timer of a clock with a planted bug. */
  public static final class LookThenRun extends RealTimer {
    public LookThenRun() {
      super(true);
    }
  }

  /** The clock, but an action only looks whether it is closed: a close does not wait for it. */
  private static final class Careless extends LentClock {
    Careless(HostClock time) {
      super("test", time, Runnable::run, FailureListener.NONE);
    }

    @Override
    boolean enter() {
      boolean open = super.enter();
      if (open) {
        super.leave();
      }
      return open;
    }

    @Override
    void leave() {}
  }
}
