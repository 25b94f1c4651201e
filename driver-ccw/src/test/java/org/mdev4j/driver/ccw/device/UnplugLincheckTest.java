package org.mdev4j.driver.ccw.device;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.driver.ccw.fsm.Action;
import org.mdev4j.driver.ccw.fsm.Event;
import org.mdev4j.driver.ccw.fsm.State;

/** The loss of the subchannel against what its user does, all interleavings. */
@DisplayName("ccw 2.1: BROKEN is final")
class UnplugLincheckTest {
  @Test
  @DisplayName("unplug against open: broken in the end, and unregistered once")
  void open() {
    LincheckBench.explore(RealOpened.class, "unplug", "open");
  }

  @Test
  @DisplayName("an open that breaks a device that is broken already is found out")
  void plantedOpen() {
    LincheckBench.find(OpenedAndBrokenTwice.class, "unplug", "open");
  }

  @Test
  @DisplayName("unplug against start: broken in the end, and nothing is pinned")
  void start() {
    LincheckBench.explore(RealStarted.class, "unplug", "start");
  }

  @Test
  @DisplayName("a loss that leaves a program that was just started is found out")
  void plantedStart() {
    LincheckBench.find(NeverFreed.class, "unplug", "start");
  }

  @Test
  @DisplayName("unplug against close: broken in the end, unregistered once, nothing is pinned")
  void close() {
    LincheckBench.explore(RealClosed.class, "unplug", "close");
  }

  @Test
  @DisplayName("a close that breaks a device that is broken already is found out")
  void plantedClose() {
    LincheckBench.find(ClosedAndBrokenTwice.class, "unplug", "close");
  }

  /** A device whose subchannel goes. */
  abstract static class Unplugged {
    final LincheckBench bench;

    Unplugged(LincheckBench bench) {
      this.bench = bench;
    }

    public void unplug() {
      bench.unplug();
    }

    public String verdict() {
      bench.work();
      String seen = bench.pins.get() == 0 ? "" : "pinned ";
      seen += bench.start().equals("EIO") ? "" : "not broken ";
      seen += bench.subchannel.unregistrations() == 1 ? "" : "not unregistered once ";
      seen += bench.io.take() == 0 ? "" : "signalled for nothing ";
      return seen.isEmpty() ? LincheckBench.WELL : seen;
    }
  }

  /** While it is opened. */
  abstract static class Opened extends Unplugged {
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

  /** While a program is started. */
  abstract static class Started extends Unplugged {
    Started(LincheckBench bench) {
      super(bench);
      bench.open();
    }

    public void start() {
      var _ = bench.start();
    }
  }

  /** While it is closed, with a program that runs. */
  abstract static class Closed extends Unplugged {
    private volatile String seen = "";

    Closed(LincheckBench bench) {
      super(bench);
      bench.open();
      seen += bench.start().equals("ok") ? "" : "not started ";
    }

    public void close() {
      bench.close();
      seen += bench.pins.get() == 0 ? "" : "pinned after close ";
    }

    @Override
    public String verdict() {
      return seen.isEmpty() ? super.verdict() : seen;
    }
  }

  /** The device itself. */
  public static final class RealOpened extends Opened {
    public RealOpened() {
      super(new LincheckBench());
    }
  }

  /** The device itself. */
  public static final class RealStarted extends Started {
    public RealStarted() {
      super(new LincheckBench());
    }
  }

  /** The device itself. */
  public static final class RealClosed extends Closed {
    public RealClosed() {
      super(new LincheckBench());
    }
  }

  /** See {@link #brokenTwice}. */
  public static final class OpenedAndBrokenTwice extends Opened {
    public OpenedAndBrokenTwice() {
      super(brokenTwice());
    }
  }

  /** See {@link #brokenTwice}. */
  public static final class ClosedAndBrokenTwice extends Closed {
    public ClosedAndBrokenTwice() {
      super(brokenTwice());
    }
  }

  /** The planted bug: all who find the subchannel gone have it unregistered. */
  private static LincheckBench brokenTwice() {
    return LincheckBench.withLifecycle(
        (state, delivery) ->
            new Lifecycle(state, delivery) {
              @Override
              void breakDown() {
                state.whileLocked(
                    () -> {
                      if (state.machine().dispatch(Event.BROKEN) == Action.BREAK) {
                        breakNow();
                      } else {
                        state.subchannel().scheduleUnregister();
                      }
                    });
              }
            });
  }

  /** The loss of the subchannel is noted, and the program that was started is left as it is. */
  public static final class NeverFreed extends Started {
    public NeverFreed() {
      super(
          LincheckBench.withLifecycle(
              (state, delivery) ->
                  new Lifecycle(state, delivery) {
                    @Override
                    void breakDown() {
                      state.whileLocked(
                          () -> {
                            if (state.machine().dispatch(Event.BROKEN) == Action.BREAK) {
                              state.machine().become(State.BROKEN);
                              state.subchannel().scheduleUnregister();
                            }
                          });
                    }
                  }));
    }
  }
}
