package org.mdev4j.sim.css.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.Test;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.ConditionCode;
import org.mdev4j.css.Irb;
import org.mdev4j.css.Orb;
import org.mdev4j.css.Schib;
import org.mdev4j.css.Scsw;
import org.mdev4j.sim.css.device.VirtioDevice;

/**
 * The recorded emulator's habits, as they were recorded, and what the architecture says instead.
 */
class HabitsTest {
  private static final int NOP = 0x03;
  private static final int SENSE = 0x04;
  private static final int SENSE_ID = 0xE4;
  private static final int DATA = 0x1000;

  private static Rig emulator() {
    return new Rig(VirtioDevice.disk(1 << 21, 2), Habits.EMULATOR);
  }

  private static Rig architecture() {
    return new Rig(VirtioDevice.disk(1 << 21, 2), Habits.ARCHITECTURE);
  }

  private static Ccw nop(int flags) {
    return new Ccw(NOP, Ccw.SUPPRESS_LENGTH | flags, 1, 0);
  }

  private static Ccw senseId(Rig rig, int flags, int count) {
    return new Ccw(SENSE_ID, flags, count, rig.at(DATA));
  }

  private static byte[] data(Rig rig, int size) {
    return rig.bytes().asSlice(DATA, size).toArray(ValueLayout.JAVA_BYTE);
  }

  @Test
  void emulatorKeepsFlagsAndOldStatus() {
    try (Rig rig = emulator()) {
      Orb flagged = new Orb(1, Orb.FORMAT_1 | Orb.PREFETCH | Orb.SUSPEND | 0xFF00, rig.at(0));
      rig.program(0, nop(0));
      assertThat(rig.run(flagged).word0()).as("only F is copied").isEqualTo(0x0080_4007);
      Schib idle = rig.schib();
      assertThat(idle.scsw()).isEqualTo(new Scsw(0x0080_0000, 0, 0x0C00_0000));
      assertThat(idle.pmcw().lpum()).as("not by a start").isZero();

      assertThat(rig.subchannel().hsch()).isEqualTo(ConditionCode.CC0);
      Irb halt = rig.await();
      assertThat(halt.scsw()).isEqualTo(new Scsw(0x0080_2001, 0, 0x0400_0000));
      assertThat(halt.lpum()).isEqualTo(0x80);
      assertThat(rig.scsw()).isEqualTo(new Scsw(0x0080_0000, 0, 0x0400_0000));
      assertThat(rig.schib().pmcw().lpum()).isEqualTo(0x80);

      assertThat(rig.subchannel().csch()).isEqualTo(ConditionCode.CC0);
      assertThat(rig.await().scsw()).isEqualTo(new Scsw(0x0080_1001, 0, 0));
      assertThat(rig.schib().pmcw().lpum()).isEqualTo(0x80);

      rig.subchannel().unsolicited(Outcome.ATTENTION);
      assertThat(rig.await().scsw().word0()).isEqualTo(0x0080_0011);
    }
  }

  @Test
  void architectureRepeatsTheOrbsFlagsAndForgets() {
    try (Rig rig = architecture()) {
      Orb flagged = new Orb(1, Orb.FORMAT_1 | Orb.PREFETCH | Orb.SUSPEND | 0xFF00, rig.at(0));
      rig.program(0, nop(0));
      assertThat(rig.run(flagged).word0()).isEqualTo(0x08C0_4007);
      assertThat(rig.scsw()).isEqualTo(Scsw.NONE);
      assertThat(rig.schib().pmcw().lpum()).isEqualTo(0x80);
      assertThat(rig.subchannel().csch()).isEqualTo(ConditionCode.CC0);
      assertThat(rig.await().scsw()).isEqualTo(new Scsw(0x1001, 0, 0));
      assertThat(rig.schib().pmcw().lpum()).isZero();
    }
  }

  @Test
  void emulatorRepeatsADeferredConditionCode() {
    try (Rig rig = emulator()) {
      rig.program(0, nop(0));
      Orb noPath = rig.orb(0, 0).withLpm(0x40);
      assertThat(rig.run(noPath)).isEqualTo(new Scsw(0x0380_4411, 0, 0));
      assertThat(rig.run(nop(0)).word0()).isEqualTo(0x0380_4007);
      assertThat(rig.subchannel().csch()).isEqualTo(ConditionCode.CC0);
      assertThat(rig.await().scsw().word0()).isEqualTo(0x0380_1001);
      assertThat(rig.scsw().word0()).isEqualTo(0x0380_0000);
    }
    try (Rig rig = architecture()) {
      rig.program(0, nop(0));
      assertThat(rig.run(rig.orb(0, 0).withLpm(0x40)).word0()).isEqualTo(0x03C0_4411);
      assertThat(rig.run(nop(0)).deferredCc()).isZero();
    }
  }

  @Test
  void emulatorSuspendsSilently() {
    try (Rig rig = emulator()) {
      rig.program(0, nop(Ccw.CHAIN_COMMAND), nop(Ccw.SUSPEND));
      assertThat(rig.start(0, Orb.SUSPEND)).isEqualTo(ConditionCode.CC0);
      assertThat(rig.unawaited()).isZero();
      assertThat(rig.scsw().word0()).isEqualTo(0x0080_4020);
      assertThat(rig.subchannel().hsch()).isEqualTo(ConditionCode.CC0);
      assertThat(rig.await().scsw()).isEqualTo(new Scsw(0x0080_2021, rig.at(16), 0));
    }
    try (Rig rig = architecture()) {
      rig.program(0, nop(Ccw.CHAIN_COMMAND), nop(Ccw.SUSPEND));
      assertThat(rig.start(0, Orb.SUSPEND)).isEqualTo(ConditionCode.CC0);
      assertThat(rig.await().scsw().word0()).isEqualTo(0x08C0_4029);
    }
  }

  @Test
  void emulatorTakesNoNoticeOfPciAndChainData() {
    try (Rig rig = emulator()) {
      assertThat(rig.run(nop(Ccw.PCI))).isEqualTo(new Scsw(0x0080_4007, rig.at(8), 0x0C00_0000));
      assertThat(rig.unawaited()).isZero();
      assertThat(rig.run(nop(Ccw.CHAIN_DATA), nop(0)))
          .isEqualTo(new Scsw(0x0080_4007, rig.at(8), 0x0C00_0000));
    }
    try (Rig rig = architecture()) {
      rig.program(0, senseId(rig, Ccw.CHAIN_DATA, 2), senseId(rig, Ccw.SUPPRESS_LENGTH, 5));
      assertThat(rig.start(0, 0)).isEqualTo(ConditionCode.CC0);
      assertThat(rig.await().scsw()).isEqualTo(new Scsw(0x00C0_4007, rig.at(16), 0x0C00_0000));
    }
  }

  @Test
  void emulatorTakesATicFirstButNotAfterATic() {
    Ccw target = nop(0);
    try (Rig rig = emulator()) {
      rig.program(0x40, target);
      assertThat(rig.run(new Ccw(Ccw.TIC, 0, 0, rig.at(0x40))))
          .isEqualTo(new Scsw(0x0080_4007, rig.at(0x48), 0x0C00_0000));
      rig.program(0x40, new Ccw(Ccw.TIC, 0, 0, rig.at(0x50)), target, target);
      assertThat(rig.run(new Ccw(Ccw.TIC, 0, 0, rig.at(0x40))))
          .isEqualTo(new Scsw(0x0080_4017, rig.at(0x48), 0x0020_0000));
    }
    try (Rig rig = architecture()) {
      rig.program(0x40, target);
      assertThat(rig.run(new Ccw(Ccw.TIC, 0, 0, rig.at(0x40))).subchannelStatus())
          .isEqualTo(Scsw.PROGRAM_CHECK);
    }
  }

  @Test
  void emulatorRefusesAnotherLengthBeforeAnythingMoves() {
    try (Rig rig = emulator()) {
      for (int count : new int[] {3, 255, 257}) {
        assertThat(rig.run(senseId(rig, 0, count)))
            .as("SENSE ID of 256 bytes, count %d", count)
            .isEqualTo(new Scsw(0x0080_4017, rig.at(8), 0x0020_0000));
      }
      Ccw chained = senseId(rig, Ccw.CHAIN_DATA | Ccw.SUPPRESS_LENGTH, 2);
      assertThat(rig.run(chained, nop(0)).subchannelStatus()).isEqualTo(Scsw.PROGRAM_CHECK);
      assertThat(data(rig, 4)).containsOnly(0);

      assertThat(rig.run(senseId(rig, 0, 256)).word2()).isEqualTo(0x0C00_0000);
      assertThat(rig.run(senseId(rig, Ccw.SUPPRESS_LENGTH, 0x400)).word2()).isEqualTo(0x0C00_0300);
      assertThat(data(rig, 4)).containsExactly(0xFF, 0x38, 0x32, 0x02);
      assertThat(rig.run(new Ccw(SENSE, 0, 32, rig.at(DATA))).word2()).isEqualTo(0x0C00_0000);
    }
    try (Rig rig = architecture()) {
      assertThat(rig.run(senseId(rig, 0, 3)).word2()).isEqualTo(0x0C40_0000);
      assertThat(MemorySegment.ofArray(data(rig, 3)).mismatch(rig.bytes().asSlice(DATA, 3)))
          .isEqualTo(-1);
    }
  }

  @Test
  void emulatorLeavesNoResidualWhereNothingMoves() {
    try (Rig rig = emulator()) {
      assertThat(rig.run(new Ccw(NOP, 0, 9, 0)).word2()).isEqualTo(0x0C00_0000);
      assertThat(rig.run(new Ccw(0x77, 0, 9, 0)).word2()).as("a refusal").isEqualTo(0x0200_0009);
    }
    try (Rig rig = architecture()) {
      assertThat(rig.run(new Ccw(NOP, 0, 9, 0)).word2()).isEqualTo(0x0C40_0009);
      assertThat(rig.run(nop(0)).word2()).isEqualTo(0x0C00_0001);
    }
  }
}
