package org.mdev4j.vfio;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.host.HostClock;

/** References against registration and unregistration, all interleavings. */
@DisplayName("vfio 1.3, 1.4: the registration count")
class UseCountLincheckTest {
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
    options().sequentialSpecification(Draining.class).check(RealDrain.class);
  }

  @Test
  @DisplayName("1.3: a drain that looks before it takes the monitor waits for ever")
  void plantedLostWakeup() {
    assertThatThrownBy(
            () -> options().sequentialSpecification(Draining.class).check(LookThenWait.class))
        .isInstanceOf(LincheckAssertionError.class);
  }

  private static ModelCheckingOptions options() {
    return new ModelCheckingOptions()
        .iterations(10 * Integer.getInteger("interleavings.factor", 1))
        .invocationsPerIteration(1000)
        .threads(2)
        .actorsPerThread(3)
        .actorsBefore(1)
        .actorsAfter(1);
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
  public static final class RealCount {
    private final UseCount uses = new UseCount();

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

  /** The same with two steps where there must be one. */
  public static final class LookThenAdd {
    private final AtomicInteger count = new AtomicInteger();

    @Operation(runOnce = true)
    public void start() {
      count.set(1);
    }

    @Operation
    public boolean tryGet() {
      return count.get() > 0 && count.incrementAndGet() > 0;
    }

    @Operation
    public void put() {
      int seen = count.get();
      while (seen > 0) {
        if (count.compareAndSet(seen, seen - 1)) {
          return;
        }
        seen = count.get();
      }
      throw new IllegalStateException();
    }

    @Operation
    public int get() {
      return count.get();
    }
  }

  /** What a use, which gets and puts, and a drain are to look like. */
  public static final class Draining {
    private boolean registered = true;

    public boolean use() {
      return registered;
    }

    public void drain() {
      registered = false;
    }
  }

  /** The count itself, with a clock that stands still: only a put can end the wait. */
  public static final class RealDrain {
    private final UseCount uses = new UseCount();
    private final StoppedClock clock = new StoppedClock();

    public RealDrain() {
      uses.start();
    }

    @Operation
    public boolean use() {
      boolean got = uses.tryGet();
      if (got) {
        uses.put();
      }
      return got;
    }

    @Operation(runOnce = true)
    public void drain() {
      uses.drain(clock, Duration.ofSeconds(10), asked -> {});
    }
  }

  /** The same, but the last put can come between the look and the wait. */
  public static final class LookThenWait {
    private final AtomicInteger count = new AtomicInteger(1);

    @Operation
    public boolean use() {
      int seen = count.get();
      while (seen > 0) {
        if (count.compareAndSet(seen, seen + 1)) {
          put();
          return true;
        }
        seen = count.get();
      }
      return false;
    }

    @Operation(runOnce = true)
    public void drain() throws InterruptedException {
      put();
      while (count.get() != 0) {
        synchronized (this) {
          wait();
        }
      }
    }

    private void put() {
      if (count.decrementAndGet() == 0) {
        synchronized (this) {
          notifyAll();
        }
      }
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
