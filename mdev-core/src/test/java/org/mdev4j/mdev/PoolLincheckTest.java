// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.mdev;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Map;
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
  private static final List<MdevType> TYPES = List.of(ONE, TWO);
  private static final InstanceLimit.Pool PORTS = new InstanceLimit.Pool(Map.of("ports", 5L));

  @Test
  @DisplayName("what two creators and removers see is what one after the other would see")
  void pool() {
    options().sequentialSpecification(Ports.class).check(RealPool.class);
  }

  @Test
  @DisplayName("a pool that looks and then takes is found out")
  void plantedLookThenTake() {
    assertThatThrownBy(
            () -> options().sequentialSpecification(Ports.class).check(LookThenTake.class))
        .isInstanceOf(LincheckAssertionError.class);
  }

  private static ModelCheckingOptions options() {
    return Schedules.drawn(10).actorsPerThread(3).actorsBefore(1).actorsAfter(1);
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
  public static class RealPool {
    private final InstanceAccount pool;

    public RealPool() {
      this(InstanceAccount.open(PORTS, TYPES));
    }

    RealPool(InstanceAccount pool) {
      this.pool = pool;
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

  /** The planted bug: a charge looks, and then takes. */
  public static final class LookThenTake extends RealPool {
    public LookThenTake() {
      super(
          new InstanceAccount.Resources(PORTS, TYPES) {
            @Override
            public void charge(MdevType type) {
              checkFree(type);
              lower(type);
            }
          });
    }
  }
}
