package org.mdev4j.sim.css.channel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.ConditionCode;
import org.mdev4j.css.Orb;
import org.mdev4j.css.Pmcw;
import org.mdev4j.css.Schib;
import org.mdev4j.css.Scsw;
import org.mdev4j.css.SubchannelId;
import org.mdev4j.css.TestedStatus;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.ManualClock;
import org.mdev4j.device.host.WorkQueue;
import org.mdev4j.sim.css.HoldPoint;
import org.mdev4j.sim.css.device.VirtioDevice;

/** Every instruction in every state: its condition code, and what it leaves. */
class InstructionsTest {
  private static final Ccw NOP = new Ccw(0x03, Ccw.SUPPRESS_LENGTH, 1, 0);
  private static final Ccw NOP_CHAINED =
      new Ccw(0x03, Ccw.SUPPRESS_LENGTH | Ccw.CHAIN_COMMAND, 1, 0);
  private static final Ccw NOP_SUSPENDED = new Ccw(0x03, Ccw.SUPPRESS_LENGTH | Ccw.SUSPEND, 1, 0);

  private final Rig rig = new Rig(VirtioDevice.plain(4), Habits.ARCHITECTURE, new ManualClock());
  private @Nullable CountDownLatch blocked;

  enum State {
    DISABLED,
    IDLE,
    START_PENDING,
    ACTIVE,
    SUSPENDED,
    RESUME_PENDING,
    INTERMEDIATE,
    STATUS_PENDING,
    HALT_PENDING,
    CLEAR_PENDING,
    GONE
  }

  enum Instruction {
    MSCH,
    SSCH,
    RSCH,
    HSCH,
    CSCH,
    XSCH,
    TSCH
  }

  /** Condition codes in the order of {@link Instruction}. */
  private static final Map<State, String> CODES =
      Map.ofEntries(
          Map.entry(State.DISABLED, "0333333"),
          Map.entry(State.IDLE, "0020021"),
          Map.entry(State.START_PENDING, "2220001"),
          Map.entry(State.ACTIVE, "2220021"),
          Map.entry(State.SUSPENDED, "2200001"),
          Map.entry(State.RESUME_PENDING, "2220001"),
          Map.entry(State.INTERMEDIATE, "1110010"),
          Map.entry(State.STATUS_PENDING, "1111010"),
          Map.entry(State.HALT_PENDING, "2222021"),
          Map.entry(State.CLEAR_PENDING, "2222021"),
          Map.entry(State.GONE, "3333333"));

  static Stream<Arguments> cells() {
    return Arrays.stream(State.values())
        .flatMap(
            state ->
                Arrays.stream(Instruction.values())
                    .map(
                        instruction ->
                            Arguments.of(
                                state,
                                instruction,
                                ConditionCode.valueOf(
                                    "CC"
                                        + CODES
                                            .getOrDefault(state, "")
                                            .charAt(instruction.ordinal())))));
  }

  @AfterEach
  void close() {
    if (blocked != null) {
      blocked.countDown();
    }
    rig.close();
  }

  @ParameterizedTest(name = "{1} when {0}: {2}")
  @MethodSource("cells")
  void conditionCode(State state, Instruction instruction, ConditionCode expected) {
    bring(state);
    Schib before = rig.subchannel().stsch();
    ConditionCode cc = execute(instruction);
    assertThat(cc).isEqualTo(expected);
    Schib after = rig.subchannel().stsch();
    if (cc != ConditionCode.CC0) {
      assertThat(after).as("a refused instruction changes nothing").isEqualTo(before);
    } else {
      checkEffect(instruction, java.util.Objects.requireNonNull(after));
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"SSCH", "HSCH", "CSCH"})
  void anInstructionForWhichNoThreadIsLentChangesNothing(Instruction instruction) {
    WorkQueue poor =
        new WorkQueue(
            "poor",
            _ -> {
              throw new OutOfMemoryError("unable to create native thread");
            });
    Pmcw enabled = rig.schib().pmcw();
    SubchannelHardware subchannel =
        new SubchannelHardware(
            new SubchannelId(0, 2),
            enabled,
            VirtioDevice.plain(4),
            rig.memory(),
            Habits.ARCHITECTURE,
            poor,
            () -> {});
    Schib before = subchannel.stsch();

    assertThatThrownBy(
            () -> {
              switch (instruction) {
                case SSCH -> subchannel.ssch(rig.orb(0, 0));
                case HSCH -> subchannel.hsch();
                default -> subchannel.csch();
              }
            })
        .isInstanceOf(OutOfMemoryError.class);

    assertThat(subchannel.stsch()).isEqualTo(before);
  }

  private void checkEffect(Instruction instruction, Schib after) {
    Scsw scsw = after.scsw();
    int functions = scsw.word0() & Scsw.FUNCTIONS;
    switch (instruction) {
      case SSCH -> {
        assertThat(functions).isEqualTo(Scsw.START);
        assertThat(after.pmcw().intparm()).isEqualTo(Rig.INTPARM);
        assertThat(rig.await().scsw().word2()).isEqualTo(0x0C00_0001);
      }
      case RSCH -> {
        assertThat(functions).isEqualTo(Scsw.START);
        // The flag is still on, so it suspends again.
        assertThat(rig.await().scsw().has(Scsw.SUSPENDED)).isTrue();
      }
      case HSCH -> {
        assertThat(functions & Scsw.HALT).isEqualTo(Scsw.HALT);
        unblock();
        TestedStatus end = awaitEnd(Scsw.HALT);
        assertThat(end.irb().scsw().word0() & Scsw.FUNCTIONS).isEqualTo(Scsw.HALT);
        assertThat(end.irb().scsw().status()).isEqualTo(Scsw.PENDING);
        assertIdle();
      }
      case CSCH -> {
        assertThat(functions).isEqualTo(Scsw.CLEAR);
        assertThat(scsw.word2()).isZero();
        unblock();
        TestedStatus end = awaitEnd(Scsw.CLEAR);
        assertThat(end.irb().scsw().word0()).isEqualTo(Scsw.CLEAR | Scsw.PENDING);
        assertThat(end.irb().scsw().word2()).isZero();
        assertIdle();
      }
      case XSCH -> {
        assertThat(functions).isZero();
        assertThat(scsw.has(Scsw.ACTIVITIES)).isFalse();
        unblock();
        rig.subchannel().release();
        rig.flush();
        assertThat(rig.scsw().status()).as("no interrupt comes").isZero();
      }
      case TSCH -> assertThat(scsw.status()).isZero();
      case MSCH -> assertThat(after.pmcw().mbi()).isEqualTo(0x4711);
    }
  }

  private TestedStatus awaitEnd(int function) {
    rig.flush();
    TestedStatus tested = rig.subchannel().tsch();
    assertThat(tested.cc()).isEqualTo(ConditionCode.CC0);
    assertThat(tested.irb().scsw().has(function)).isTrue();
    return tested;
  }

  private void assertIdle() {
    Scsw now = rig.scsw();
    assertThat(now.has(Scsw.FUNCTIONS | Scsw.ACTIVITIES | Scsw.STATUS)).isFalse();
    rig.subchannel().release();
    assertThat(rig.run(NOP).word2()).as("the next start works").isEqualTo(0x0C00_0001);
  }

  private ConditionCode execute(Instruction instruction) {
    SubchannelHardware subchannel = rig.subchannel();
    return switch (instruction) {
      case MSCH -> {
        Schib now = subchannel.stsch();
        Pmcw pmcw = now == null ? new Pmcw(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0) : now.pmcw();
        yield subchannel.msch(new Pmcw(1, pmcw.flags(), 0, 0x80, 0, 0, 0, 0x4711, 0xFF, 0, 0, 0));
      }
      case SSCH -> {
        rig.program(0, NOP);
        yield rig.start(0, 0);
      }
      case RSCH -> subchannel.rsch();
      case HSCH -> subchannel.hsch();
      case CSCH -> subchannel.csch();
      case XSCH -> subchannel.xsch();
      case TSCH -> subchannel.tsch().cc();
    };
  }

  private void bring(State state) {
    SubchannelHardware subchannel = rig.subchannel();
    switch (state) {
      case IDLE -> {}
      case DISABLED -> rig.modify(rig.schib().pmcw().withEnabled(false, 3, 0));
      case GONE -> subchannel.unplug();
      case START_PENDING -> {
        subchannel.hold(HoldPoint.START);
        rig.program(0, NOP);
        expect(rig.start(0, 0));
        assertThat(rig.scsw().has(Scsw.START_PENDING)).isTrue();
      }
      case ACTIVE -> {
        subchannel.hold(HoldPoint.COMMAND);
        rig.program(0, NOP);
        expect(rig.start(0, 0));
        rig.flush();
        assertThat(rig.scsw().word0() & Scsw.ACTIVITIES)
            .isEqualTo(Scsw.SUBCHANNEL_ACTIVE | Scsw.DEVICE_ACTIVE);
      }
      case INTERMEDIATE -> {
        suspend();
        assertThat(rig.scsw().status()).isEqualTo(Scsw.INTERMEDIATE | Scsw.PENDING);
      }
      case SUSPENDED -> {
        suspend();
        expect(subchannel.tsch().cc());
        assertThat(rig.scsw().word0() & Scsw.ACTIVITIES).isEqualTo(Scsw.SUSPENDED);
      }
      case RESUME_PENDING -> {
        bring(State.SUSPENDED);
        blocked = rig.block();
        expect(subchannel.rsch());
        assertThat(rig.scsw().has(Scsw.RESUME_PENDING)).isTrue();
      }
      case STATUS_PENDING -> {
        rig.program(0, NOP);
        expect(rig.start(0, 0));
        rig.flush();
        assertThat(rig.scsw().status()).isEqualTo(7);
      }
      case HALT_PENDING -> {
        blocked = rig.block();
        expect(subchannel.hsch());
        assertThat(rig.scsw().has(Scsw.HALT_PENDING)).isTrue();
      }
      case CLEAR_PENDING -> {
        blocked = rig.block();
        expect(subchannel.csch());
        assertThat(rig.scsw().has(Scsw.CLEAR_PENDING)).isTrue();
      }
    }
    rig.forgetInterrupts();
  }

  private void suspend() {
    rig.program(0, NOP_CHAINED, NOP_SUSPENDED);
    expect(rig.start(0, Orb.SUSPEND));
    rig.flush();
  }

  private void unblock() {
    if (blocked != null) {
      blocked.countDown();
    }
  }

  private static void expect(ConditionCode cc) {
    assertThat(cc).isEqualTo(ConditionCode.CC0);
  }

  @Test
  void operandExceptions() {
    SubchannelHardware subchannel = rig.subchannel();
    Pmcw reserved = new Pmcw(0, 0x0100, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    for (Orb orb : List.of(new Orb(0, 0x40, 0), new Orb(0, 0, 0x8000_0000))) {
      assertThatThrownBy(() -> subchannel.ssch(orb))
          .isInstanceOfSatisfying(
              ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(Errno.EIO));
    }
    assertThatThrownBy(() -> subchannel.msch(reserved)).hasMessageContaining("operand exception");
  }

  @Test
  void modifyWithoutADeviceChangesNothing() {
    Pmcw pmcw = new Pmcw(0, 0, 0, 0x80, 0, 0, 0x80, 0, 0xFF, 0x80, 0, 0);
    SubchannelHardware empty =
        new SubchannelHardware(
            rig.subchannel().id(),
            pmcw,
            null,
            rig.memory(),
            Habits.ARCHITECTURE,
            rig.queue(),
            () -> {});
    assertThat(empty.msch(pmcw.withEnabled(true, 3, 5))).isEqualTo(ConditionCode.CC0);
    assertThat(empty.stsch()).isEqualTo(new Schib(pmcw, Scsw.NONE, 0, 0));
    assertThat(empty.csch()).isEqualTo(ConditionCode.CC3);
  }

  @Test
  void haltEndStatusDependsOnWhatWasHalted() {
    expect(rig.subchannel().hsch());
    assertThat(rig.await().scsw()).isEqualTo(new Scsw(0x2001, 0, 0x0400_0000));

    bring(State.ACTIVE);
    expect(rig.subchannel().hsch());
    assertThat(rig.await().scsw()).isEqualTo(new Scsw(0x2001, rig.at(8), 0x0400_0000));
    rig.subchannel().release();

    bring(State.SUSPENDED);
    expect(rig.subchannel().hsch());
    assertThat(rig.await().scsw()).isEqualTo(new Scsw(0x2021, rig.at(16), 0));
    assertIdle();

    bring(State.START_PENDING);
    expect(rig.subchannel().hsch());
    assertThat(rig.await().scsw().word2()).isZero();
  }

  @Test
  void clearTakesOverFromHalt() {
    bring(State.HALT_PENDING);
    expect(rig.subchannel().csch());
    unblock();
    assertThat(rig.await().scsw()).isEqualTo(new Scsw(0x1001, 0, 0));
    assertThat(rig.unawaited()).isZero();
  }

  @Test
  void unplugWithIoInFlightEndsSilently() {
    bring(State.ACTIVE);
    rig.subchannel().unplug();
    rig.subchannel().release();
    assertThat(rig.unawaited()).isZero();
    assertThat(rig.subchannel().stsch()).isNull();
    assertThat(rig.subchannel().tsch().cc()).isEqualTo(ConditionCode.CC3);
  }
}
