package org.mdev4j.mdev;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.ErrnoException;

/** Charging a pool and giving back, all interleavings: never below zero, never a lost refund. */
@DisplayName("mdev 2: a pool is charged and refunded as one step")
class PoolLincheckTest {
  private static final MdevType ONE = MdevType.named("1", "one").costing(1, "ports");
  private static final MdevType TWO = MdevType.named("2", "two").costing(2, "ports");

  @Test
  @DisplayName("what two creators and removers see is what one after the other would see")
  void pool() {
    options(5 * Integer.getInteger("interleavings.factor", 1))
        .sequentialSpecification(Ports.class)
        .check(RealPool.class);
  }

  @Test
  @DisplayName("a pool that looks and then takes is found out")
  void plantedLookThenTake() {
    assertThatThrownBy(
            () -> options(100).sequentialSpecification(Ports.class).check(LookThenTake.class))
        .isInstanceOf(LincheckAssertionError.class);
  }

  private static ModelCheckingOptions options(int iterations) {
    return new ModelCheckingOptions()
        .iterations(iterations)
        .invocationsPerIteration(500)
        .threads(2)
        .actorsPerThread(3)
        .actorsBefore(1)
        .actorsAfter(1);
  }

  /** Five ports, three of them charged already, as one and as two; those are refunded once each. */
  public static final class Ports {
    private int free = 2;

    public boolean chargeOne() {
      return charge(1);
    }

    public boolean chargeTwo() {
      return charge(2);
    }

    public void refundOne() {
      free += 1;
    }

    public void refundTwo() {
      free += 2;
    }

    private boolean charge(int amount) {
      boolean enough = free >= amount;
      free -= enough ? amount : 0;
      return enough;
    }

    public long available() {
      return free;
    }
  }

  /** The pool itself. */
  public static final class RealPool {
    private final InstanceAccount pool =
        InstanceAccount.open(InstanceLimit.pool(5, "ports"), List.of(ONE, TWO));

    public RealPool() {
      pool.charge(ONE);
      pool.charge(TWO);
    }

    @Operation
    public boolean chargeOne() {
      return charge(ONE);
    }

    @Operation
    public boolean chargeTwo() {
      return charge(TWO);
    }

    @Operation
    public long available() {
      return pool.available(ONE);
    }

    @Operation(runOnce = true)
    public void refundOne() {
      pool.refund(ONE);
    }

    @Operation(runOnce = true)
    public void refundTwo() {
      pool.refund(TWO);
    }

    private boolean charge(MdevType type) {
      try {
        pool.charge(type);
        return true;
      } catch (ErrnoException tooLittle) {
        return false;
      }
    }
  }

  /** The same with two steps where there must be one. */
  public static final class LookThenTake {
    private volatile int free = 2;

    @Operation
    public boolean chargeOne() {
      return charge(1);
    }

    @Operation
    public boolean chargeTwo() {
      return charge(2);
    }

    @Operation(runOnce = true)
    public void refundOne() {
      int seen = free;
      free = seen + 1;
    }

    @Operation(runOnce = true)
    public void refundTwo() {
      int seen = free;
      free = seen + 2;
    }

    @Operation
    public long available() {
      return free;
    }

    private boolean charge(int amount) {
      int seen = free;
      if (seen < amount) {
        return false;
      }
      free = seen - amount;
      return true;
    }
  }
}
