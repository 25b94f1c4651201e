package org.mdev4j.driver.ccw.device;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Closing against the interrupt that ends the program, all interleavings. */
@DisplayName("ccw 2.7: close against interrupt")
class CloseLincheckTest {
  @Test
  @DisplayName("once it is closed nothing is pinned, and the next user sees nothing of it")
  void close() {
    LincheckBench.explore(RealDevice.class, "interrupt", "close");
  }

  @Test
  @DisplayName("what an interrupt brings during the close is not told to the next user")
  void late() {
    LincheckBench.explore(RealDevice.class, "close", "present");
  }

  @Test
  @DisplayName("a close that leaves what interrupts have brought is found out")
  void plantedLateStatus() {
    LincheckBench.find(LateStatus.class, "close", "present");
  }

  @Test
  @DisplayName("a close that leaves the program to the work is found out")
  void plantedLeftProgram() {
    LincheckBench.find(LeftProgram.class, "interrupt", "close");
  }

  /** A device with a program that runs. */
  abstract static class Closed {
    private final LincheckBench bench;
    private volatile String seen = "";

    Closed(LincheckBench bench) {
      this.bench = bench;
      bench.open();
      seen += bench.start().equals("ok") ? "" : "not started ";
    }

    public void interrupt() {
      bench.presentEnd();
      bench.work();
    }

    /** The interrupt alone; its work comes after the close. */
    public void present() {
      bench.presentEnd();
    }

    public void close() {
      bench.close();
      seen += bench.pins.get() == 0 ? "" : "pinned after close ";
      long before = bench.io.take();
      seen += before <= 1 ? "" : "signalled twice ";
      bench.open();
      seen += bench.regionIsClean() ? "" : "region not clean ";
    }

    public String verdict() {
      bench.work();
      seen += bench.regionIsClean() ? "" : "told to the next user ";
      seen += bench.io.take() == 0 ? "" : "signalled to the next user ";
      seen += bench.start().equals("ok") ? "" : "the next start is refused ";
      bench.presentEnd();
      bench.work();
      seen += bench.io.take() == 1 ? "" : "the next program is not told once ";
      seen += bench.pins.get() == 0 ? "" : "pinned ";
      return seen.isEmpty() ? LincheckBench.WELL : seen;
    }
  }

  /** The device itself. */
  public static final class RealDevice extends Closed {
    public RealDevice() {
      super(new LincheckBench());
    }
  }

  /** What interrupts have brought stays for the next user. */
  public static final class LateStatus extends Closed {
    public LateStatus() {
      super(
          LincheckBench.withLifecycle(
              (state, delivery) ->
                  new Lifecycle(state, delivery) {
                    @Override
                    void quiesce() {
                      state.whileLocked(this::stop);
                    }
                  }));
    }
  }

  /** The close forgets the user, and leaves the program to the work of its interrupt. */
  public static final class LeftProgram extends Closed {
    public LeftProgram() {
      super(
          LincheckBench.withLifecycle(
              (state, delivery) ->
                  new Lifecycle(state, delivery) {
                    @Override
                    void letGo() {
                      state.user(null);
                    }
                  }));
    }
  }
}
