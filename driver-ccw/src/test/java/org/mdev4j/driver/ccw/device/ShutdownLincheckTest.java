// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.driver.ccw.device;

import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.driver.ccw.fsm.Action;
import org.mdev4j.driver.ccw.fsm.Event;

/** The machine goes down, all interleavings. */
@DisplayName("ccw 6: a shutdown leaves the subchannel disabled")
class ShutdownLincheckTest {
  @Test
  @DisplayName("shutdown against close: at rest before the memory goes, broken in the end")
  void close() {
    LincheckBench.explore(RealClosed.class, "shutdown", "close");
  }

  @Test
  @DisplayName("a shutdown that leaves it to a close to bring the subchannel to rest: found out")
  void plantedClose() {
    LincheckBench.find(LeftToTheClose.class, "shutdown", "close");
  }

  @Test
  @DisplayName("shutdown against open: disabled and broken in the end")
  void open() {
    LincheckBench.explore(RealOpened.class, "shutdown", "open");
  }

  @Test
  @DisplayName("an open that looks at the state, and then enables the subchannel, is found out")
  void plantedOpen() {
    LincheckBench.find(TwoSteps.class, "shutdown", "open");
  }

  /** A device that is shut down. */
  abstract static class ShutDown {
    final LincheckBench bench;

    ShutDown(LincheckBench bench) {
      this.bench = bench;
    }

    public void shutdown() {
      bench.device.shutdown();
    }

    public String verdict() {
      bench.work();
      String seen = bench.subchannel.isEnabled() ? "enabled " : "";
      seen += bench.pins.get() == 0 ? "" : "pinned ";
      seen += bench.start().equals("EIO") ? "" : "not broken ";
      seen += bench.subchannel.unregistrations() == 1 ? "" : "not unregistered once ";
      seen += bench.io.take() == 0 ? "" : "signalled for nothing ";
      return seen.isEmpty() ? LincheckBench.WELL : seen;
    }
  }

  /** While it is closed, with a program that runs. */
  abstract static class Closed extends ShutDown {
    private volatile String seen = "";

    Closed(LincheckBench bench) {
      super(bench);
      bench.open();
      seen += bench.start().equals("ok") ? "" : "not started ";
    }

    public void close() {
      bench.close();
      seen += bench.pins.get() == 0 ? "" : "pinned after close ";
      seen += bench.subchannel.isActive() ? "active without memory " : "";
    }

    @Override
    public String verdict() {
      return seen.isEmpty() ? super.verdict() : seen;
    }
  }

  /** While it is opened. */
  abstract static class Opened extends ShutDown {
    private volatile String opened = "ok";

    Opened(LincheckBench bench) {
      super(bench);
    }

    public void open() {
      opened = LincheckBench.outcome(bench::open);
    }

    @Override
    public String verdict() {
      boolean expected = opened.equals("ok") || opened.equals("EINVAL");
      return expected ? super.verdict() : "opened: " + opened;
    }
  }

  /** The device itself. */
  public static final class RealClosed extends Closed {
    public RealClosed() {
      super(new LincheckBench());
    }
  }

  /** The device itself. */
  public static final class RealOpened extends Opened {
    public RealOpened() {
      super(new LincheckBench());
    }
  }

  /** A close that has its turn, and has not brought the subchannel to rest yet, never will. */
  public static final class LeftToTheClose extends Closed {
    public LeftToTheClose() {
      super(
          LincheckBench.withLifecycle(
              (state, delivery) -> leftToTheClose(state, delivery, new ReentrantLock())));
    }

    private static Lifecycle leftToTheClose(DeviceState state, StatusDelivery delivery, Lock turn) {
      return new Lifecycle(state, delivery, turn) {
        @Override
        void shutdown() {
          if (!turn.tryLock()) {
            breakDown();
            return;
          }
          try {
            super.shutdown();
          } finally {
            turn.unlock();
          }
        }
      };
    }
  }

  /** The subchannel is enabled a step after the event that calls for it. */
  public static final class TwoSteps extends Opened {
    public TwoSteps() {
      super(
          LincheckBench.withLifecycle(
              (state, delivery) ->
                  new Lifecycle(state, delivery) {
                    @Override
                    void enable() {
                      AtomicReference<Action> action = new AtomicReference<>(Action.NOP);
                      state.whileLocked(() -> action.set(state.machine().dispatch(Event.OPEN)));
                      if (action.get() == Action.OPEN) {
                        state.whileLocked(this::enableNow);
                      }
                    }
                  }));
    }
  }
}
