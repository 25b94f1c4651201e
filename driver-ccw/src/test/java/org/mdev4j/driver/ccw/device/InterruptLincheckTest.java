// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.driver.ccw.device;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.host.WorkQueue;

/** The interrupt that ends the program against a request, all interleavings. */
@DisplayName("ccw 2.6: interrupt against request")
class InterruptLincheckTest {
  @Test
  @DisplayName("a status that comes during a request is told when that has ended")
  void request() {
    LincheckBench.explore(RealDevice.class, "interrupt", "read");
  }

  @Test
  @DisplayName("a request that looks for work, and then lets go of the I/O lock, is found out")
  void plantedLostWakeup() {
    LincheckBench.find(LostWakeup.class, "interrupt", "read");
  }

  @Test
  @DisplayName("a request that does not look for work is found out")
  void plantedForgottenWork() {
    LincheckBench.find(ForgottenWork.class, "interrupt", "read");
  }

  /** A device with a program that runs. */
  abstract static class Read {
    private final LincheckBench bench;
    private volatile String seen = "";

    Read(LincheckBench bench) {
      this.bench = bench;
      bench.open();
      seen += bench.start().equals("ok") ? "" : "not started ";
    }

    public void interrupt() {
      bench.presentEnd();
      bench.work();
    }

    public void read() {
      var _ = bench.regionIsClean();
    }

    public String verdict() {
      bench.work();
      seen += bench.io.take() == 1 ? "" : "not told once ";
      seen += bench.pins.get() == 0 ? "" : "pinned ";
      return seen.isEmpty() ? LincheckBench.WELL : seen;
    }
  }

  /** The device itself. */
  public static final class RealDevice extends Read {
    public RealDevice() {
      super(new LincheckBench());
    }
  }

  /** A status that comes in between finds the lock taken, and waits for ever. */
  public static final class LostWakeup extends Read {
    public LostWakeup() {
      super(
          LincheckBench.withDelivery(
              (state, queue) ->
                  new StatusDelivery(
                      state,
                      queue,
                      released ->
                          new IoLock(released) {
                            @Override
                            void unlock() {
                              released.run();
                              unlockAfterWork();
                            }
                          })));
    }
  }

  /** A status that finds the lock taken waits for ever. */
  public static final class ForgottenWork extends Read {
    public ForgottenWork() {
      super(LincheckBench.withDelivery(ForgottenWork::delivery));
    }

    static StatusDelivery delivery(DeviceState state, WorkQueue queue) {
      return new StatusDelivery(
          state,
          queue,
          released ->
              new IoLock(released) {
                @Override
                void unlock() {
                  unlockAfterWork();
                }
              });
    }
  }
}
