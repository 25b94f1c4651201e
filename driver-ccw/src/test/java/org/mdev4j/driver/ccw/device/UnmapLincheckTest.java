// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.driver.ccw.device;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** Memory that a program works on is unmapped, all interleavings. */
@DisplayName("ccw 3.7: unmap")
class UnmapLincheckTest {
  @Test
  @DisplayName("unmap against close: closed in the end, and can be opened")
  void close() {
    LincheckBench.explore(RealClosed.class, "unmap", "close");
  }

  @Test
  @DisplayName("an unmap that opens a device again that is closed by then is found out")
  void plantedReopening() {
    LincheckBench.find(Reopened.class, "unmap", "close");
  }

  @Test
  @DisplayName("unmap against the work: a status that had come is told")
  void work() {
    LincheckBench.explore(RealTold.class, "work", "unmap");
  }

  @Test
  @DisplayName("an unmap that aborts a program that has ended is found out")
  void plantedAbort() {
    LincheckBench.find(Aborted.class, "work", "unmap");
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

    public void unmap() {
      bench.unmap();
      seen += bench.pins.get() == 0 ? "" : "pinned after unmap ";
    }

    public void close() {
      bench.close();
      seen += bench.pins.get() == 0 ? "" : "pinned after close ";
    }

    public String verdict() {
      seen += bench.subchannel.isEnabled() ? "enabled after close " : "";
      bench.open();
      seen += bench.start().equals("ok") ? "" : "the next start is refused ";
      bench.presentEnd();
      bench.work();
      seen += bench.io.take() == 1 ? "" : "the next program is not told once ";
      seen += bench.pins.get() == 0 ? "" : "pinned ";
      return seen.isEmpty() ? LincheckBench.WELL : seen;
    }
  }

  /** A device whose program has ended, of which the user was not told yet. */
  abstract static class Told {
    private final LincheckBench bench;
    private volatile String seen = "";

    Told(LincheckBench bench) {
      this.bench = bench;
      bench.open();
      seen += bench.start().equals("ok") ? "" : "not started ";
      bench.presentEnd();
    }

    public void work() {
      bench.work();
    }

    public void unmap() {
      bench.unmap();
      seen += bench.pins.get() == 0 ? "" : "pinned after unmap ";
    }

    public String verdict() {
      bench.work();
      seen += bench.io.take() == 1 ? "" : "not told once ";
      seen += bench.start().equals("ok") ? "" : "the next start is refused ";
      bench.presentEnd();
      bench.work();
      seen += bench.pins.get() == 0 ? "" : "pinned ";
      return seen.isEmpty() ? LincheckBench.WELL : seen;
    }
  }

  /** The device itself. */
  public static final class RealClosed extends Closed {
    public RealClosed() {
      super(new LincheckBench());
    }
  }

  /** The reset that aborts the program takes no notice of whether there is a user. */
  public static final class Reopened extends Closed {
    public Reopened() {
      super(
          LincheckBench.withLifecycle(
              (state, delivery) ->
                  new Lifecycle(state, delivery) {
                    @Override
                    boolean isOpen() {
                      return true;
                    }
                  }));
    }
  }

  /** The device itself. */
  public static final class RealTold extends Told {
    public RealTold() {
      super(new LincheckBench());
    }
  }

  /** The unmap takes no notice of what interrupts have brought. */
  public static final class Aborted extends Told {
    public Aborted() {
      super(
          LincheckBench.withLifecycle(
              (state, delivery) ->
                  new Lifecycle(state, delivery) {
                    @Override
                    void catchUp() {}

                    @Override
                    boolean isCurrent() {
                      return true;
                    }
                  }));
    }
  }
}
