package org.mdev4j.driver.ccw.device;

import java.util.Set;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.driver.ccw.fsm.State;

/** Resets against each other and against a start, all interleavings. */
@DisplayName("ccw 2.7: a reset is one step")
class ResetLincheckTest {
  @Test
  @DisplayName("two resets never unregister the subchannel")
  void twoResets() {
    LincheckBench.explore(RealDevice.class, "reset", "resetToo");
  }

  @Test
  @DisplayName("CLOSE and OPEN of two resets between each other are found out")
  void plantedTwoResets() {
    LincheckBench.find(NoTurns.class, "reset", "resetToo");
  }

  @Test
  @DisplayName("a start and a reset never unregister the subchannel, and leave no half a program")
  void resetAgainstStart() {
    LincheckBench.explore(RealDevice.class, "reset", "start");
  }

  @Test
  @DisplayName("a start that fails and is idle whatever happened is found out")
  void plantedFailedStart() {
    LincheckBench.find(IdleAgain.class, "reset", "start");
  }

  @Test
  @DisplayName("a start that does not look again before it starts the program is found out")
  void plantedUncheckedStart() {
    LincheckBench.find(UncheckedStart.class, "reset", "start");
  }

  /** A device that is open. */
  abstract static class Reset {
    private static final Set<String> ANSWERS = Set.of("ok", "EAGAIN", "EIO", "ENODEV");

    private final LincheckBench bench;
    private volatile String started = "";
    private volatile String reset = "ok";
    private volatile String resetToo = "ok";

    Reset(LincheckBench bench) {
      this.bench = bench;
      bench.open();
    }

    public void reset() {
      reset = bench.reset();
    }

    public void resetToo() {
      resetToo = bench.reset();
    }

    public void start() {
      started = bench.start();
    }

    public String verdict() {
      bench.work();
      String seen = "";
      seen += reset.equals("ok") && resetToo.equals("ok") ? "" : "reset: " + reset + resetToo;
      seen += bench.subchannel.unregistrations() == 0 ? "" : "unregistered ";
      seen += started.isEmpty() || ANSWERS.contains(started) ? "" : "started: " + started;
      seen += bench.io.take() == 0 ? "" : "signalled for nothing ";
      if (bench.pins.get() == 1) {
        seen += started.equals("ok") ? "" : "pinned without a program ";
      } else {
        // It was not started, or aborted; so the next one can be.
        seen += bench.start().equals("ok") ? "" : "the next start is refused ";
      }
      bench.presentEnd();
      bench.work();
      seen += bench.io.take() == 1 ? "" : "the program is not told once ";
      seen += bench.pins.get() == 0 ? "" : "pinned ";
      return seen.isEmpty() ? LincheckBench.WELL : seen;
    }
  }

  /** The device itself. */
  public static final class RealDevice extends Reset {
    public RealDevice() {
      super(new LincheckBench());
    }
  }

  /** Resets don't wait for each other. */
  public static final class NoTurns extends Reset {
    public NoTurns() {
      super(
          LincheckBench.withLifecycle(
              (state, delivery) -> new Lifecycle(state, delivery, new NoLock())));
    }
  }

  /** A start that was not started makes the state IDLE, also if it is CLOSED by then. */
  public static final class IdleAgain extends Reset {
    public IdleAgain() {
      super(
          LincheckBench.withRequests(
              (state, delivery) ->
                  new Requests(state, delivery) {
                    @Override
                    void endPreparation() {
                      if (state.machine().state() != State.CP_PENDING) {
                        state.machine().become(State.IDLE);
                      }
                    }
                  }));
    }
  }

  /** The program is started on a subchannel that was disabled meanwhile. */
  public static final class UncheckedStart extends Reset {
    public UncheckedStart() {
      super(
          LincheckBench.withRequests(
              (state, delivery) ->
                  new Requests(state, delivery) {
                    @Override
                    void checkNotAborted() {}
                  }));
    }
  }
}
