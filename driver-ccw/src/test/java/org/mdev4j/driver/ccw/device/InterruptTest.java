package org.mdev4j.driver.ccw.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.driver.ccw.Errnos.assertErrno;
import static org.mdev4j.driver.ccw.device.DeviceBench.ACTIVE;
import static org.mdev4j.driver.ccw.device.DeviceBench.IOVA;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.css.Irb;
import org.mdev4j.css.Scsw;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.driver.ccw.device.ScriptedSubchannel.Step;

@DisplayName("ccw 2.6: what an interrupt does")
class InterruptTest {
  private static final int ATTENTION = Scsw.word2(0x80, 0, 0);
  private static final int UNSOLICITED = Scsw.ALERT | Scsw.PENDING;

  private final DeviceBench bench = new DeviceBench();

  @BeforeEach
  void open() {
    bench.open();
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  @DisplayName("9.24: the end of a program is told once, frees it, and makes the device idle")
  void end() {
    bench.start();
    bench.presentEnd();
    assertThat(bench.io.peek()).as("signalled by the work, not under the lock").isZero();
    bench.work();
    assertThat(bench.io.take()).isOne();
    assertThat(bench.irb().scsw().word2()).isEqualTo(0x0C000000);
    assertThat(bench.irb().scsw().cpa()).isEqualTo(IOVA + 8);
    assertThat(bench.space.pinnedPages()).isZero();
    assertThat(bench.state()).isEqualTo("IDLE");
  }

  @Test
  @DisplayName("9.24: when the signal comes the device is idle already, and takes the next program")
  void idleBeforeTheSignal() {
    List<String> seen = new ArrayList<>();
    bench.whenSignalled(() -> seen.add(bench.state()));
    bench.start();
    bench.presentEnd();
    bench.work();
    assertThat(seen).containsExactly("IDLE");
  }

  @Test
  @DisplayName("9.25: between channel end and device end a start is EBUSY")
  void channelEndFirst() {
    bench.start();
    bench.present(
        Scsw.START | Scsw.DEVICE_ACTIVE | Scsw.PRIMARY | Scsw.PENDING, 0, Scsw.word2(8, 0, 0));
    bench.work();
    assertThat(bench.io.take()).isOne();
    assertThat(bench.state()).isEqualTo("CP_PENDING");
    assertErrno(Errno.EBUSY, bench::start);
    assertThat(bench.space.pinnedPages()).isOne();
    bench.present(Scsw.SECONDARY | Scsw.PENDING, 0, Scsw.word2(4, 0, 0));
    bench.work();
    assertThat(bench.io.take()).isOne();
    assertThat(bench.state()).isEqualTo("IDLE");
    assertThat(bench.space.pinnedPages()).isZero();
  }

  @Test
  @DisplayName("9.26: an intermediate interrupt is told, and the program goes on")
  void intermediate() {
    bench.start();
    bench.present(
        Scsw.START | ACTIVE | Scsw.INTERMEDIATE | Scsw.PENDING,
        bench.subchannel.started().cpa() + 8,
        Scsw.word2(0, Scsw.PCI, 0));
    bench.work();
    assertThat(bench.io.take()).isOne();
    assertThat(bench.irb().scsw().subchannelStatus()).isEqualTo(Scsw.PCI);
    assertThat(bench.irb().scsw().cpa()).isEqualTo(IOVA + 8);
    assertThat(bench.state()).isEqualTo("CP_PENDING");
    assertThat(bench.space.pinnedPages()).isOne();
    bench.presentEnd();
    bench.work();
  }

  @Test
  @DisplayName("9.27: attention is told when idle, and while a program is pending")
  void attention() {
    bench.present(UNSOLICITED, 0, ATTENTION);
    bench.work();
    assertThat(bench.io.take()).isOne();
    assertThat(bench.irb().scsw().deviceStatus()).isEqualTo(0x80);
    assertThat(bench.state()).isEqualTo("IDLE");
    bench.start();
    bench.present(UNSOLICITED, 0, ATTENTION);
    bench.work();
    assertThat(bench.io.take()).isOne();
    assertThat(bench.irb().scsw().cpa()).isZero();
    assertThat(bench.state()).isEqualTo("CP_PENDING");
    assertThat(bench.space.pinnedPages()).isOne();
    bench.presentEnd();
    bench.work();
  }

  @Test
  @DisplayName("9.27: status with a deferred condition code is no attention: it ends the program")
  void deferred() {
    bench.start();
    bench.present(0x0300_0000 | Scsw.START | Scsw.START_PENDING | UNSOLICITED, 0, 0);
    bench.work();
    assertThat(bench.io.take()).isOne();
    assertThat(bench.state()).isEqualTo("IDLE");
    assertThat(bench.space.pinnedPages()).isZero();
  }

  @Test
  @DisplayName("9.28: of two interrupts before the work both are told, in order")
  void twoBeforeTheWork() {
    List<Irb> seen = new ArrayList<>();
    bench.whenSignalled(() -> seen.add(bench.irb()));
    bench.start();
    bench.present(
        Scsw.START | ACTIVE | Scsw.INTERMEDIATE | Scsw.PENDING, 0, Scsw.word2(0, Scsw.PCI, 0));
    bench.presentEnd();
    bench.work();
    assertThat(seen)
        .extracting(irb -> irb.scsw().word2())
        .containsExactly(Scsw.word2(0, Scsw.PCI, 0), 0x0C000000);
    assertThat(bench.state()).isEqualTo("IDLE");
  }

  @Test
  @DisplayName("9.28: the end of a halt that came too late ends no later program")
  void haltAfterTheEnd() {
    bench.start();
    bench.presentEnd();
    bench.command(1);
    bench.present(Scsw.HALT | Scsw.PENDING, 0, 0);
    bench.work();
    assertThat(bench.io.take()).isEqualTo(2);
    assertThat(bench.state()).isEqualTo("IDLE");
  }

  @Test
  @DisplayName("9.28: status of an earlier halt ends no program that was started since")
  void haltBeforeTheStart() {
    bench.command(1);
    bench.present(Scsw.HALT | Scsw.PENDING, 0, 0);
    bench.start();
    bench.work();
    assertThat(bench.io.take()).isOne();
    assertThat(bench.state()).isEqualTo("CP_PENDING");
    assertThat(bench.space.pinnedPages()).isOne();
    bench.presentEnd();
    bench.work();
    assertThat(bench.state()).isEqualTo("IDLE");
  }

  @Test
  @DisplayName("9.33: a program that is suspended can be resumed, so it is kept")
  void suspended() {
    bench.start();
    bench.present(
        Scsw.START | Scsw.SUSPENDED | Scsw.INTERMEDIATE | Scsw.PENDING,
        bench.subchannel.started().cpa() + 8,
        0);
    bench.work();
    assertThat(bench.io.take()).isOne();
    assertThat(bench.state()).isEqualTo("CP_PENDING");
    assertThat(bench.space.pinnedPages()).isOne();
    bench.presentEnd();
    bench.work();
  }

  @ParameterizedTest
  @ValueSource(ints = {Scsw.HALT, Scsw.CLEAR, Scsw.START | Scsw.HALT})
  @DisplayName("9.33: unless it was halted or cleared, whatever the bit says")
  void suspendedAndHalted(int functions) {
    bench.start();
    bench.present(functions | Scsw.SUSPENDED | Scsw.PENDING, 0, 0);
    bench.work();
    assertThat(bench.state()).isEqualTo("IDLE");
    assertThat(bench.space.pinnedPages()).isZero();
  }

  @Test
  @DisplayName("9.34: an interrupt while it is closed is told to nobody; it is disabled again")
  void whileClosed() {
    bench.closeDevice();
    bench.subchannel.issued();
    bench.present(UNSOLICITED, 0, ATTENTION);
    bench.work();
    assertThat(bench.io.peek()).isZero();
    assertThat(bench.subchannel.issued()).containsExactly(Step.DISABLE);
    bench.open();
    assertThat(bench.irb().scsw()).isEqualTo(Scsw.NONE);
  }

  @Test
  @DisplayName("9.34: that it can't be disabled is nobody's trouble")
  void notDisabled() {
    bench.closeDevice();
    bench.subchannel.refuse(Step.DISABLE, Errno.ENODEV, 1);
    bench.present(UNSOLICITED, 0, ATTENTION);
    assertThat(bench.state()).isEqualTo("CLOSED");
  }

  @Test
  @DisplayName("an interrupt while a program is prepared is told, and does not disturb it")
  void whileProcessing() {
    bench.whenPinning(() -> bench.present(Scsw.HALT | Scsw.PENDING, 0, 0));
    bench.start();
    bench.work();
    assertThat(bench.io.take()).isOne();
    assertThat(bench.state()).isEqualTo("CP_PENDING");
    assertThat(bench.space.pinnedPages()).isOne();
    bench.presentEnd();
    bench.work();
  }

  @ParameterizedTest(name = "0x{0}")
  @ValueSource(strings = {"2001", "1001", "0011", "03004411"})
  @DisplayName("host addresses are never in an IRB: the CPA of no program of the user's is 0")
  void noHostAddress(String word0) {
    bench.present(Integer.parseInt(word0, 16), 0x12345678, 0);
    bench.work();
    assertThat(bench.irb().scsw().cpa()).isZero();
    bench.start();
    int ofHost = bench.subchannel.started().cpa();
    bench.present(Integer.parseInt(word0, 16), ofHost + 0x100000, 0);
    bench.work();
    assertThat(bench.irb().scsw().cpa())
        .as("an address of the host, but not in the program")
        .isZero();
    bench.subchannel.become(0);
  }

  @Test
  @DisplayName("host addresses are never in an IRB: nor in its ESW")
  void noHostAddressInEsw() {
    bench.start();
    byte[] bytes = Irb.of(new Scsw(0x4007, 0, 0x0C000000), 0x80, new byte[0]).bytes();
    for (int i = 20; i < 32; i++) {
      bytes[i] = 0x5A;
    }
    bench.subchannel.present(bench.device, Irb.readFrom(MemorySegment.ofArray(bytes)));
    bench.work();
    assertThat(Arrays.copyOfRange(bench.irb().bytes(), 20, 32)).containsOnly(0);
  }
}
