package org.mdev4j.driver.ccw.device;

import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
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
  @DisplayName("work that takes the status, and then finds the next user, is found out")
  void plantedLateWork() {
    LincheckBench.find(LateWork.class, "interrupt", "close");
  }

  /** The device itself, with a program that runs. */
  public static final class RealDevice {
    private final LincheckBench bench = new LincheckBench();
    private volatile String seen = "";

    public RealDevice() {
      bench.open();
      seen += bench.start().equals("ok") ? "" : "not started ";
    }

    public void interrupt() {
      bench.presentEnd();
      bench.work();
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

  /** Status and user without a lock that belongs to both. */
  public static final class LateWork {
    private final AtomicReference<@Nullable String> status = new AtomicReference<>();
    private volatile String user = "first";
    private volatile String told = "";

    public void interrupt() {
      status.set("end");
      if (status.getAndSet(null) != null) {
        told = user;
      }
    }

    public void close() {
      status.set(null);
      user = "next";
    }

    public String verdict() {
      return told.equals("next") ? "told to the next user" : LincheckBench.WELL;
    }
  }
}
