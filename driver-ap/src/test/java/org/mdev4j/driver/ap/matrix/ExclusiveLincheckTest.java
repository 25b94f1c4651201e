package org.mdev4j.driver.ap.matrix;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;
import org.jetbrains.lincheck.datastructures.Operation;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.ErrnoException;

/** Two administrators assign overlapping queues to two devices, all interleavings. */
@DisplayName("ap 2.4: no queue is assigned to two devices")
class ExclusiveLincheckTest {
  /** Lincheck takes a call for hung after this; its own limit is too short for a busy machine. */
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  @Test
  @DisplayName("2.4: of two overlapping assignments one wins, whatever the interleaving")
  void exclusive() {
    options().check(Real.class);
  }

  @Test
  @DisplayName("2.4: with locks that the devices do not share both win")
  void plantedBug() {
    assertThatThrownBy(() -> options().check(LocksOfTheirOwn.class))
        .isInstanceOf(LincheckAssertionError.class);
  }

  private static ModelCheckingOptions options() {
    return new ModelCheckingOptions()
        .iterations(2 * Integer.getInteger("interleavings.factor", 1))
        .invocationsPerIteration(100)
        .threads(2)
        .actorsPerThread(2)
        .actorsBefore(0)
        .actorsAfter(0)
        .invocationTimeout$lincheck(TIMEOUT.toMillis())
        .sequentialSpecification(Sequential.class);
  }

  /** What it is to look like. */
  public static final class Sequential {
    private final boolean[] adapter = new boolean[2];

    public String assignToFirst() {
      return assign(0);
    }

    public String assignToSecond() {
      return assign(1);
    }

    public String unassignFromFirst() {
      adapter[0] = false;
      return "ok";
    }

    private String assign(int who) {
      if (adapter[1 - who]) {
        return "EADDRINUSE";
      }
      adapter[who] = true;
      return "ok";
    }
  }

  /** Two devices of one host, which have the same domain already. */
  abstract static class Devices {
    private final List<MatrixMdev> mdevs = new ArrayList<>();
    private final Assignment first;
    private final Assignment second;

    Devices(MatrixLocks ofFirst, MatrixLocks ofSecond) {
      mdevs.add(new MatrixMdev("first", new BareHost(ofFirst, mdevs)));
      mdevs.add(new MatrixMdev("second", new BareHost(ofSecond, mdevs)));
      first = new Assignment(mdevs.get(0));
      second = new Assignment(mdevs.get(1));
      first.assign(Dimension.DOMAIN, () -> 4);
      second.assign(Dimension.DOMAIN, () -> 4);
    }

    @Operation
    public String assignToFirst() {
      return answer(() -> first.assign(Dimension.ADAPTER, () -> 5));
    }

    @Operation
    public String assignToSecond() {
      return answer(() -> second.assign(Dimension.ADAPTER, () -> 5));
    }

    @Operation
    public String unassignFromFirst() {
      return answer(() -> first.unassign(Dimension.ADAPTER, () -> 5));
    }

    private static String answer(Runnable write) {
      try {
        write.run();
        return "ok";
      } catch (ErrnoException refusal) {
        return refusal.errno().name();
      }
    }
  }

  /** Under the locks of the host. */
  public static final class Real extends Devices {
    public Real() {
      this(new MatrixLocks(new ReentrantLock()));
    }

    private Real(MatrixLocks shared) {
      super(shared, shared);
    }
  }

  /** The planted bug. */
  public static final class LocksOfTheirOwn extends Devices {
    public LocksOfTheirOwn() {
      super(new MatrixLocks(new ReentrantLock()), new MatrixLocks(new ReentrantLock()));
    }
  }
}
