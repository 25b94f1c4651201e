package org.mdev4j.driver.ccw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.driver.ccw.CcwUser.await;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.css.Crw;
import org.mdev4j.css.Scsw;
import org.mdev4j.css.Subchannel;
import org.mdev4j.sim.css.HoldPoint;

@DisplayName("ccw 6.3: channel paths come and go")
class PathTest {
  private static final int PATH = 0x20;

  private final CcwHost host = new CcwHost();

  @AfterEach
  void close() {
    host.close();
  }

  private void report(int erc, int chpid) {
    host.css().inject(Crw.of(Crw.RSC_PATH, erc, chpid));
    host.css().settle();
  }

  private int lpm(int number) {
    Subchannel subchannel = host.subchannel(number);
    subchannel.lock().lock();
    try {
      return subchannel.lpm();
    } finally {
      subchannel.lock().unlock();
    }
  }

  private void lpm(int number, int mask) {
    Subchannel subchannel = host.subchannel(number);
    subchannel.lock().lock();
    try {
      subchannel.lpm(mask);
    } finally {
      subchannel.lock().unlock();
    }
  }

  @Test
  @DisplayName("9.78: a lost path ends the program on it, once, and is reported")
  void offline() {
    try (CcwUser user = host.open(2)) {
      user.start(0x0A, 16);
      host.css().settle();
      report(Crw.ERC_PERRN, PATH);
      assertThat(user.awaitIrb().scsw().has(Scsw.HALT)).isTrue();
      await(user.crw);
      assertThat(user.readCrw()).isEqualTo(0x0406_0020);
      assertThat(user.readCrw()).isZero();
      assertThat(host.state(user)).isEqualTo("IDLE");
      assertThat(user.pinnedPages()).isZero();
      assertThat(user.io.peek()).isZero();
      assertThat(lpm(2)).as("what may be used is for the administrator to say").isEqualTo(0x80);
    }
  }

  @Test
  @DisplayName("9.78: a path that is lost beside the one in use ends nothing")
  void otherPathOffline() {
    try (CcwUser user = host.open(0)) {
      host.panel().device(CcwHost.DISK).hold(HoldPoint.COMMAND);
      user.start(0xE4, 40);
      host.css().settle();
      report(Crw.ERC_PERRN, 0x21);
      await(user.crw);
      assertThat(user.readCrw()).isEqualTo(0x0406_0021);
      assertThat(host.state(user)).isEqualTo("CP_PENDING");
      host.panel().device(CcwHost.DISK).release();
      assertThat(user.awaitIrb().scsw().deviceStatus()).isEqualTo(0x0C);
    }
  }

  @Test
  @DisplayName("9.79: a path that comes back is used again, and is reported")
  void online() {
    try (CcwUser user = host.open(0)) {
      lpm(0, 0x40);
      report(Crw.ERC_INIT, PATH);
      assertThat(lpm(0)).isEqualTo(0xC0);
      await(user.crw);
      assertThat(user.readCrw()).isEqualTo(0x0402_0020);
    }
  }

  @Test
  @DisplayName("9.79: not if it is varied off")
  void onlineButVariedOff() {
    try (CcwUser user = host.open(0)) {
      host.css().varyPath(PATH, false);
      report(Crw.ERC_INIT, PATH);
      assertThat(lpm(0)).isEqualTo(0x40);
      assertThat(user.readCrw()).isEqualTo(0x0402_0020);
    }
  }

  @Test
  @DisplayName("9.80: varying a path changes what may be used, and is not reported")
  void vary() {
    try (CcwUser user = host.open(0)) {
      host.css().varyPath(PATH, false);
      assertThat(lpm(0)).isEqualTo(0x40);
      assertThat(host.subchannel(0).opm() & 0xC0).isEqualTo(0x40);
      host.css().varyPath(PATH, true);
      assertThat(lpm(0)).isEqualTo(0xC0);
      assertThat(host.subchannel(0).opm() & 0xC0).isEqualTo(0xC0);
      host.css().settle();
      assertThat(user.crw.peek()).isZero();
      assertThat(user.readCrw()).isZero();
    }
  }

  @Test
  @DisplayName("9.80: varying the path in use off ends the program on it")
  void varyOffInUse() {
    try (CcwUser user = host.open(2)) {
      user.start(0x0A, 16);
      host.css().settle();
      host.css().varyPath(PATH, false);
      assertThat(user.awaitIrb().scsw().has(Scsw.HALT)).isTrue();
      assertThat(host.state(user)).isEqualTo("IDLE");
      assertThat(user.readCrw()).isZero();
    }
  }

  @Test
  @DisplayName("9.80: masks follow also while nobody is there, and hold for the next user")
  void varyWithoutDevice() {
    host.bind(0);
    host.css().varyPath(PATH, false);
    assertThat(lpm(0)).isEqualTo(0x40);
    try (CcwUser user = host.open(host.create(0))) {
      assertThat(lpm(0)).isEqualTo(0x40);
      user.start(0xE4, 40);
      assertThat(user.awaitIrb().scsw().deviceStatus()).isEqualTo(0x0C);
    }
  }

  @Test
  @DisplayName("9.83: what is reported while nobody has it open, the next user can read")
  void reportedWhileClosed() {
    host.bind(0);
    String uuid = host.create(0);
    report(Crw.ERC_INIT, PATH);
    report(Crw.ERC_PERRN, 0x21);
    try (CcwUser user = host.open(uuid)) {
      assertThat(user.readCrw()).isEqualTo(0x0402_0020);
      await(user.crw);
      assertThat(user.readCrw()).isEqualTo(0x0406_0021);
      assertThat(user.readCrw()).isZero();
    }
  }

  @Test
  @DisplayName("9.83: of too many reports the oldest are lost, and that is told")
  void overflow() {
    host.bind(0);
    String uuid = host.create(0);
    report(Crw.ERC_PERRN, PATH);
    for (int i = 0; i < 64; i++) {
      report(Crw.ERC_INIT, PATH);
    }
    try (CcwUser user = host.open(uuid)) {
      assertThat(user.readCrw()).isEqualTo(Crw.OVERFLOW | 0x0402_0020);
      for (int i = 1; i < 64; i++) {
        assertThat(user.readCrw()).isEqualTo(0x0402_0020);
      }
      assertThat(user.readCrw()).isZero();
    }
  }
}
