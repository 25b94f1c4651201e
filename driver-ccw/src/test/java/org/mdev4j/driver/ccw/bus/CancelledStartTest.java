package org.mdev4j.driver.ccw.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.driver.ccw.CcwUser.IOVA;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.driver.ccw.CcwHost;
import org.mdev4j.driver.ccw.CcwUser;
import org.mdev4j.sim.css.Ccw;
import org.mdev4j.sim.css.HoldPoint;
import org.mdev4j.sim.css.Scsw;

@DisplayName("ccw 6.3: a path is lost while a start is pending")
class CancelledStartTest {
  private final CcwHost host = new CcwHost();

  @AfterEach
  void close() {
    host.close();
  }

  @Test
  @DisplayName("the start is cancelled, which has no status of its own: the user gets one anyway")
  void userIsTold() {
    try (CcwUser user = host.open(2)) {
      var _ = user.run(new Ccw(0x03, 0, 0, 0));
      assertThat(user.schib().pmcw().lpum()).isEqualTo(0x80);
      host.css().device(0x0200).hold(HoldPoint.START);
      user.start(CcwUser.orb(IOVA));
      host.css().settle();

      host.css().varyPath(0x20, false);

      Scsw scsw = user.awaitIrb().scsw();
      assertThat(scsw.status()).isEqualTo(Scsw.PENDING);
      assertThat(scsw.has(Scsw.HALT)).isTrue();
      host.css().varyPath(0x20, true);
      host.css().device(0x0200).release();
      assertThat(user.run(new Ccw(0x03, 0, 0, 0)).scsw().deviceStatus()).isEqualTo(0x0C);
    }
  }
}
