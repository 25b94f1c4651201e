package org.mdev4j.sim.css.channel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.mdev4j.sim.css.Ccw;
import org.mdev4j.sim.css.ConditionCode;
import org.mdev4j.sim.css.Irb;
import org.mdev4j.sim.css.Orb;
import org.mdev4j.sim.css.Schib;
import org.mdev4j.sim.css.Scsw;
import org.mdev4j.sim.css.device.VirtioDevice;

/** The recorded emulator's two habits, step by step as they were recorded. */
class StatusHabitsTest {
  private static final Ccw NOP = new Ccw(0x03, Ccw.SUPPRESS_LENGTH, 1, 0);

  @Test
  void emulator() {
    try (Rig rig = new Rig(new VirtioDevice(2), StatusHabits.EMULATOR)) {
      Orb flagged = new Orb(1, Orb.FORMAT_1 | Orb.PREFETCH | Orb.SUSPEND | 0xFF00, rig.at(0));
      rig.program(0, NOP);
      assertThat(rig.run(flagged).word0()).as("only F is copied").isEqualTo(0x0080_4007);
      Schib idle = rig.schib();
      assertThat(idle.scsw()).isEqualTo(new Scsw(0x0080_0000, rig.at(8), 0x0C00_0001));
      assertThat(idle.pmcw().lpum()).as("not by a start").isZero();

      assertThat(rig.subchannel().hsch()).isEqualTo(ConditionCode.CC0);
      Irb halt = rig.await();
      assertThat(halt.scsw()).isEqualTo(new Scsw(0x0080_2001, rig.at(8), 0x0400_0000));
      assertThat(halt.lpum()).isEqualTo(0x80);
      assertThat(rig.scsw()).isEqualTo(new Scsw(0x0080_0000, rig.at(8), 0x0400_0000));
      assertThat(rig.schib().pmcw().lpum()).isEqualTo(0x80);

      assertThat(rig.subchannel().csch()).isEqualTo(ConditionCode.CC0);
      assertThat(rig.await().scsw()).isEqualTo(new Scsw(0x0080_1001, rig.at(8), 0));
      assertThat(rig.schib().pmcw().lpum()).isEqualTo(0x80);

      rig.subchannel().unsolicited(Outcome.ATTENTION);
      assertThat(rig.await().scsw().word0()).isEqualTo(0x0080_0011);
    }
  }

  @Test
  void architecture() {
    try (Rig rig = new Rig(new VirtioDevice(2), StatusHabits.ARCHITECTURE)) {
      Orb flagged = new Orb(1, Orb.FORMAT_1 | Orb.PREFETCH | Orb.SUSPEND | 0xFF00, rig.at(0));
      rig.program(0, NOP);
      assertThat(rig.run(flagged).word0()).isEqualTo(0x08C0_4007);
      assertThat(rig.scsw()).isEqualTo(Scsw.NONE);
      assertThat(rig.schib().pmcw().lpum()).isEqualTo(0x80);
      assertThat(rig.subchannel().csch()).isEqualTo(ConditionCode.CC0);
      assertThat(rig.await().scsw()).isEqualTo(new Scsw(0x1001, 0, 0));
      assertThat(rig.schib().pmcw().lpum()).isZero();
    }
  }
}
