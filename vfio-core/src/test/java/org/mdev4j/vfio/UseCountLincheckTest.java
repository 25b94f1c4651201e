// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.vfio;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.host.HostClock;

/** References against registration and unregistration, all interleavings. */
@DisplayName("vfio 1.3, 1.4: the registration count")
class UseCountLincheckTest {
  private static final Interleavings DRAINS = new Interleavings(500);

  @Test
  @DisplayName("1.4: tryGet, put, and the registration's own reference count as one number")
  void counts() {
    options().sequentialSpecification(Counting.class).check(RealCount.class);
  }

  @Test
  @DisplayName("1.4: a tryGet that looks and then adds revives a device that is gone")
  void plantedRevival() {
    assertThatThrownBy(
            () -> options().sequentialSpecification(Counting.class).check(LookThenAdd.class))
        .isInstanceOf(LincheckAssertionError.class);
  }

  @Test
  @DisplayName("1.3: a drain ends with the last put; afterwards nobody gets a reference")
  void drains() {
    DRAINS.explore(RealDrain.class, "use", "drain");
  }

  @Test
  @DisplayName("1.3: a drain waits for ever if the last put wakes it before it counts")
  void plantedLostWakeup() {
    DRAINS.find(WakeThenCount.class, "use", "drain");
  }

  private static ModelCheckingOptions options() {
    return Interleavings.drawn(10).actorsPerThread(3).actorsBefore(1).actorsAfter(1);
  }

  /** What the count is to look like. */
  public static final class Counting {
    private int count;

    public void start() {
      count = 1;
    }

    public boolean tryGet() {
      return count > 0 && ++count > 0;
    }

    public void put() {
      if (count == 0) {
        throw new IllegalStateException();
      }
      count--;
    }

    public int get() {
      return count;
    }
  }

  /** The count itself. */
  public static class RealCount {
    private final UseCount uses;

    public RealCount() {
      this(new UseCount());
    }

    RealCount(UseCount uses) {
      this.uses = uses;
    }

    @Operation(runOnce = true)
    public void start() {
      uses.start();
    }

    @Operation
    public boolean tryGet() {
      return uses.tryGet();
    }

    @Operation
    public void put() {
      uses.put();
    }

    @Operation
    public int get() {
      return uses.get();
    }
  }

  /** The planted bug: a change that was meant for the count seen is added to whatever it is now. */
  public static final class LookThenAdd extends RealCount {
    public LookThenAdd() {
      super(
          new UseCount() {
            @Override
            boolean replace(int seen, int next) {
              int now = get();
              while (!super.replace(now, now + next - seen)) {
                now = get();
              }
              return true;
            }
          });
    }
  }

  /** A user against the drain, with a clock that stands still: only a put can end the wait. */
  public static class RealDrain {
    private final UseCount uses;
    private final StoppedClock clock = new StoppedClock();
    private volatile boolean drained;
    private volatile boolean late;

    public RealDrain() {
      this(new UseCount());
    }

    RealDrain(UseCount uses) {
      this.uses = uses;
      uses.start();
    }

    public void use() {
      if (uses.tryGet()) {
        late = drained;
        uses.put();
      }
    }

    public void drain() {
      uses.drain(clock, Duration.ofSeconds(10), asked -> {});
      drained = true;
    }

    public String verdict() {
      use();
      return late ? "a reference after the drain" : Interleavings.WELL;
    }
  }

  /** The planted bug: the last put wakes, and then counts. */
  public static final class WakeThenCount extends RealDrain {
    public WakeThenCount() {
      super(
          new UseCount() {
            @Override
            boolean replace(int seen, int next) {
              if (next == 0) {
                super.wake();
              }
              return super.replace(seen, next);
            }

            @Override
            void wake() {}
          });
    }
  }

  /** Time does not pass. */
  static final class StoppedClock implements HostClock {
    @Override
    public Instant now() {
      return Instant.EPOCH;
    }

    @Override
    public Timer schedule(Duration delay, Runnable action) {
      return () -> {};
    }
  }
}
