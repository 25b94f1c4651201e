package org.mdev4j.driver.ccw.device;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.driver.ccw.fsm.Event;
import org.mdev4j.driver.ccw.fsm.State;

/** The loss of the subchannel against what its user does, all interleavings. */
@DisplayName("ccw 2.1: BROKEN is final")
class UnplugLincheckTest {
  @Test
  @DisplayName("unplug against open: broken in the end, and unregistered once")
  void open() {
    LincheckBench.explore(ClosedDevice.class, "unplug", "open");
  }

  @Test
  @DisplayName("an open that looks and then enables makes a broken device idle: found out")
  void plantedOpen() {
    LincheckBench.find(PlantedOpen.class, "unplug", "open");
  }

  @Test
  @DisplayName("unplug against start: broken in the end, and nothing is pinned")
  void start() {
    LincheckBench.explore(OpenDevice.class, "unplug", "start");
  }

  @Test
  @DisplayName("a start that fails and is idle whatever happened is found out")
  void plantedStart() {
    LincheckBench.find(PlantedStart.class, "unplug", "start");
  }

  private static String verdict(LincheckBench bench) {
    bench.work();
    String seen = bench.pins.get() == 0 ? "" : "pinned ";
    seen += bench.start().equals("EIO") ? "" : "not broken ";
    seen += bench.subchannel.unregistrations() == 1 ? "" : "not unregistered once ";
    seen += bench.io.take() == 0 ? "" : "signalled for nothing ";
    return seen.isEmpty() ? LincheckBench.WELL : seen;
  }

  /** The device itself. */
  public static final class ClosedDevice {
    private final LincheckBench bench = new LincheckBench();
    private volatile String opened = "";

    public void unplug() {
      bench.unplug();
    }

    public void open() {
      opened = LincheckBench.outcome(bench::open);
    }

    public String verdict() {
      boolean expected = opened.equals("ok") || opened.equals("EINVAL");
      return expected ? UnplugLincheckTest.verdict(bench) : "opened: " + opened;
    }
  }

  /** The device itself, opened. */
  public static final class OpenDevice {
    private final LincheckBench bench = new LincheckBench();

    public OpenDevice() {
      bench.open();
    }

    public void unplug() {
      bench.unplug();
    }

    public void start() {
      var _ = bench.start();
    }

    public String verdict() {
      return UnplugLincheckTest.verdict(bench);
    }
  }

  /** The kernel's. */
  public static final class PlantedOpen {
    private final KernelDevice device = new KernelDevice(State.CLOSED);

    public void unplug() {
      var _ = device.handle(Event.BROKEN, State.BROKEN);
    }

    public void open() {
      var _ = device.handle(Event.OPEN, State.IDLE);
    }

    public String verdict() {
      return device.state() == State.BROKEN ? LincheckBench.WELL : "not broken";
    }
  }

  /** The kernel's, opened. */
  public static final class PlantedStart {
    private final KernelDevice device = new KernelDevice(State.IDLE);

    public void unplug() {
      var _ = device.handle(Event.BROKEN, State.BROKEN);
    }

    public void start() {
      device.failingStart();
    }

    public String verdict() {
      return device.state() == State.BROKEN ? LincheckBench.WELL : "not broken";
    }
  }
}
