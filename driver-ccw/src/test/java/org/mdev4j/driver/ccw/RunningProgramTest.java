package org.mdev4j.driver.ccw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.driver.ccw.CcwUser.IOVA;
import static org.mdev4j.driver.ccw.Errnos.assertErrno;

import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.Irb;
import org.mdev4j.css.Orb;
import org.mdev4j.css.Pmcw;
import org.mdev4j.css.Scsw;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.sim.css.HoldPoint;

@DisplayName("ccw 2: programs on hardware that performs them")
class RunningProgramTest {
  /** Device 0200, subchannel 2: 02 reads 8 bytes, 0A and 12 take a second. */
  private static final int DEVICE = 0x0200;

  private static final int READ = 0x02;
  private static final int SLOW_READ = 0x0A;
  private static final int CHANNEL_END_FIRST = 0x12;

  private final CcwHost host = new CcwHost();
  private CcwUser user;

  @BeforeEach
  void open() {
    user = host.open(2);
    host.trace();
  }

  @AfterEach
  void close() {
    user.close();
    host.close();
  }

  private void startSlowly() {
    user.start(SLOW_READ, 16);
    host.css().settle();
  }

  private Orb suspendable() {
    Orb orb = CcwUser.orb(IOVA);
    return new Orb(orb.intparm(), orb.word1() | Orb.SUSPEND, orb.cpa());
  }

  /** A program that stops before its second CCW until somebody resumes, halts or clears it. */
  private void suspend() {
    user.program(
        IOVA,
        new Ccw(READ, Ccw.SUPPRESS_LENGTH | Ccw.CHAIN_COMMAND, 8, IOVA + 0x1000),
        new Ccw(READ, Ccw.SUPPRESS_LENGTH | Ccw.SUSPEND, 8, IOVA + 0x2000));
    user.start(suspendable());
  }

  private void assertIdle() {
    assertThat(host.state(user)).isEqualTo("IDLE");
    assertThat(user.pinnedPages()).isZero();
  }

  @Test
  @DisplayName("9.24: the end of a program is one interrupt, with the user's own address")
  void end() {
    user.start(READ, 8);
    Irb irb = user.awaitIrb();
    assertThat(irb.scsw().toString()).isEqualTo("SCSW 00C04007 00100008 0C000000");
    assertIdle();
    assertThat(user.io.peek()).isZero();
  }

  @Test
  @DisplayName("9.25: channel end comes first, device end a second later")
  void channelEndFirst() {
    user.start(CHANNEL_END_FIRST, 1);
    assertThat(user.awaitIrb().scsw().deviceStatus()).isEqualTo(0x08);
    assertThat(host.state(user)).isEqualTo("CP_PENDING");
    assertErrno(Errno.EBUSY, () -> user.start(READ, 8));
    host.clock.advance(Duration.ofSeconds(1));
    assertThat(user.awaitIrb().scsw().deviceStatus()).isEqualTo(0x04);
    assertIdle();
  }

  @Test
  @DisplayName("9.26: a CCW that asks for an interrupt gets it while the program goes on")
  void intermediate() {
    user.program(IOVA, new Ccw(SLOW_READ, Ccw.SUPPRESS_LENGTH | Ccw.PCI, 16, IOVA + 0x1000));
    user.start(CcwUser.orb(IOVA));
    Scsw scsw = user.awaitIrb().scsw();
    assertThat(scsw.status()).isEqualTo(Scsw.INTERMEDIATE | Scsw.PENDING);
    assertThat(scsw.cpa()).isEqualTo(IOVA + 8);
    assertThat(host.state(user)).isEqualTo("CP_PENDING");
    host.clock.advance(Duration.ofSeconds(1));
    assertThat(user.awaitIrb().scsw().deviceStatus()).isEqualTo(0x0C);
    assertIdle();
  }

  @Test
  @DisplayName("9.27: attention reaches the user, also beside a program that is suspended")
  void attention() {
    host.panel().device(DEVICE).present(0x80);
    Irb irb = user.awaitIrb();
    assertThat(irb.scsw().deviceStatus()).isEqualTo(0x80);
    assertThat(irb.scsw().cpa()).isZero();
    assertIdle();
    suspend();
    var _ = user.awaitIrb();
    host.panel().device(DEVICE).present(0x80);
    assertThat(user.awaitIrb().scsw().deviceStatus()).isEqualTo(0x80);
    assertThat(host.state(user)).isEqualTo("CP_PENDING");
    assertThat(user.pinnedPages()).isEqualTo(2);
  }

  @Test
  @DisplayName("9.29: a halt ends a program that runs")
  void halt() {
    startSlowly();
    user.halt();
    assertThat(user.awaitIrb().scsw().has(Scsw.HALT)).isTrue();
    assertIdle();
    user.halt();
    assertThat(user.awaitIrb().scsw().cpa()).as("of nothing of the user's").isZero();
    assertIdle();
  }

  @Test
  @DisplayName("9.30: a clear ends a program that runs")
  void clear() {
    startSlowly();
    user.clear();
    Scsw scsw = user.awaitIrb().scsw();
    assertThat(scsw.word0() & 0xFFFF).isEqualTo(Scsw.CLEAR | Scsw.PENDING);
    assertIdle();
  }

  @Test
  @DisplayName("9.33: a program that is suspended keeps its pages; a halt ends it")
  void suspended() {
    suspend();
    assertThat(user.awaitIrb().scsw().has(Scsw.SUSPENDED)).isTrue();
    assertThat(host.state(user)).isEqualTo("CP_PENDING");
    assertThat(user.pinnedPages()).isEqualTo(2);
    user.halt();
    assertThat(user.awaitIrb().scsw().has(Scsw.HALT)).isTrue();
    assertIdle();
  }

  @Test
  @DisplayName("9.36: closing withdraws a start that the hardware has not begun with")
  void closeStartPending() {
    host.panel().device(DEVICE).hold(HoldPoint.START);
    user.start(READ, 8);
    user.closeDevice();
    assertThat(host.isEnabled(2)).isFalse();
    assertThat(host.trace()).doesNotContain("INTERRUPT in CP_PENDING");
    assertThat(user.pinnedPages()).isZero();
  }

  @Test
  @DisplayName("9.37: closing halts a program that runs, and waits for that")
  void closeActive() {
    startSlowly();
    user.closeDevice();
    assertThat(host.trace())
        .containsExactly("IO_REQ in IDLE", "CLOSE in CP_PENDING", "INTERRUPT in CP_PENDING");
    assertThat(host.isEnabled(2)).isFalse();
    assertThat(user.pinnedPages()).isZero();
    assertThat(user.io.peek()).isZero();
  }

  @Test
  @DisplayName("9.41: a reset aborts a program that runs; the next one has only its own status")
  void reset() {
    startSlowly();
    user.file.reset();
    assertIdle();
    user.start(READ, 8);
    assertThat(user.awaitIrb().scsw().deviceStatus()).isEqualTo(0x0C);
    host.css().settle();
    assertThat(user.io.peek()).isZero();
    host.clock.advance(Duration.ofSeconds(5));
    host.css().settle();
    assertThat(user.io.peek()).isZero();
  }

  @Test
  @DisplayName("9.43: at shutdown the subchannel is brought to rest")
  void shutdown() {
    startSlowly();
    host.shutdown();
    assertThat(host.schib(2).pmcw().has(Pmcw.ENABLED)).isFalse();
    assertErrno(Errno.EIO, () -> user.start(READ, 8));
    host.awaitNothingPinned();
    assertThat(List.of(user.io.peek(), user.crw.peek())).containsOnly(0L);
  }
}
