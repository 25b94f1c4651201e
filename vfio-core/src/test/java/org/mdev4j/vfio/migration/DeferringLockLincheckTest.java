// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.vfio.migration;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.vfio.Interleavings;

/**
 * Resets against transitions, all interleavings: a counter that {@code add} raises with the lock
 * held and {@code reset} sets back to 0 without waiting. Once a reset has returned, no later add
 * may see the old count; and nothing may be blocked for ever.
 */
@DisplayName("vfio 4.11: a reset during a transition is deferred to its end, and never lost")
class DeferringLockLincheckTest {
  @Test
  @DisplayName("vfio 4.11: the lock keeps that")
  void noResetIsLost() {
    options().check(Real.class);
  }

  @Test
  @DisplayName("vfio 4.11: one that raises its flag after it has tried the lock does not")
  void plantedBug() {
    assertThatThrownBy(() -> options().check(Planted.class))
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining("Invalid execution results");
  }

  private static ModelCheckingOptions options() {
    return Interleavings.drawn(10)
        .actorsPerThread(3)
        .actorsBefore(0)
        .actorsAfter(1)
        .sequentialSpecification(Counter.class);
  }

  /** What it is to look like. */
  public static final class Counter {
    private int count;

    public int add() {
      return ++count;
    }

    public void reset() {
      count = 0;
    }
  }

  /** The counter, guarded by the lock itself. */
  public static class Real {
    private int count;
    private final DeferringLock lock = lock(() -> count = 0);

    DeferringLock lock(Runnable action) {
      return new DeferringLock(action);
    }

    @Operation
    public int add() {
      return lock.holding(() -> ++count);
    }

    @Operation
    public void reset() {
      lock.request();
    }
  }

  /** The planted bug: between the failed attempt and the flag the holder may leave. */
  public static final class Planted extends Real {
    @Override
    DeferringLock lock(Runnable action) {
      return new DeferringLock(action) {
        @Override
        boolean raiseAndTryLock() {
          boolean locked = tryLock();
          raise();
          return locked;
        }
      };
    }
  }
}
