package org.mdev4j.driver.ccw.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.driver.ccw.CcwUser.IOVA;
import static org.mdev4j.driver.ccw.CcwUser.orb;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.css.Ccw;
import org.mdev4j.driver.ccw.CcwHost;
import org.mdev4j.driver.ccw.CcwUser;
import org.mdev4j.sim.css.HoldPoint;

/** The machine leaves old addresses in its status, as the one does that recordings were made on. */
@DisplayName("ccw 3.10: no address of the host reaches the user")
class NoHostAddressTest {
  private final CcwHost host =
      new CcwHost(
          """
          {"subchannels": [
             {"number": "0000", "device": "0200", "chpids": ["20"], "kind": "test"}]}
          """);

  @AfterEach
  void close() {
    host.close();
  }

  @Test
  @DisplayName("9.62 without a program the address is 0: halt, clear, attention, and in the SCHIB")
  void noProgram() {
    try (CcwUser user = host.open(0)) {
      var _ = user.run(new Ccw(0x03, 0, 0, 0));
      assertThat(user.schib().scsw().cpa()).as("SCHIB").isZero();
      user.halt();
      assertThat(user.awaitIrb().scsw().cpa()).as("halt").isZero();
      host.panel().device(0x0200).present(0x80);
      assertThat(user.awaitIrb().scsw().cpa()).as("attention").isZero();
      user.clear();
      assertThat(user.awaitIrb().scsw().cpa()).as("clear").isZero();
    }
  }

  @Test
  @DisplayName("9.62 while a program runs the SCHIB shows the user's address")
  void whileAProgramRuns() {
    try (CcwUser user = host.open(0)) {
      host.panel().device(0x0200).hold(HoldPoint.COMMAND);
      user.program(IOVA, new Ccw(0x03, 0, 0, 0));
      user.start(orb(IOVA));
      host.css().settle();
      assertThat(user.schib().scsw().cpa()).isEqualTo(IOVA + 8);
      host.panel().device(0x0200).release();
      assertThat(user.awaitIrb().scsw().cpa()).isEqualTo(IOVA + 8);
    }
  }
}
