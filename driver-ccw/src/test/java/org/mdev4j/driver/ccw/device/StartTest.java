package org.mdev4j.driver.ccw.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.driver.ccw.Errnos.assertErrno;
import static org.mdev4j.driver.ccw.device.DeviceBench.IOVA;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.ConditionCode;
import org.mdev4j.css.Orb;
import org.mdev4j.css.Scsw;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.driver.ccw.CcwUser;
import org.mdev4j.driver.ccw.device.ScriptedSubchannel.Step;

@DisplayName("ccw 2.4: what a start is answered")
class StartTest {
  private final DeviceBench bench = new DeviceBench();

  @BeforeEach
  void open() {
    bench.open();
    bench.subchannel.issued();
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private void assertNothingHappened() {
    assertThat(bench.state()).isEqualTo("IDLE");
    assertThat(bench.space.pinnedPages()).isZero();
    assertThat(bench.inUse()).isZero();
    assertThat(bench.io.peek()).isZero();
  }

  @Test
  @DisplayName("9.19: SSCH that is taken is 0, and the program is pending")
  void taken() {
    bench.start();
    assertThat(bench.returnCode(0)).isZero();
    assertThat(bench.state()).isEqualTo("CP_PENDING");
    bench.presentEnd();
    bench.work();
  }

  @ParameterizedTest(name = "{0} is {1}")
  @CsvSource({"CC1, EBUSY", "CC2, EBUSY", "CC3, ENODEV"})
  @DisplayName("9.19, 9.21: SSCH that is not taken leaves it idle, and nothing pinned")
  void notTaken(ConditionCode cc, Errno errno) {
    bench.subchannel.answer(Step.SSCH, cc, 1);
    assertErrno(errno, () -> bench.start(CcwUser.orb(IOVA).withLpm(0)));
    assertThat(bench.returnCode(0)).isEqualTo(-errno.number());
    assertNothingHappened();
  }

  @Test
  @DisplayName("9.19, 9.21: an operand exception is EIO")
  void operandException() {
    bench.subchannel.refuse(Step.SSCH, Errno.EIO, 1);
    assertErrno(Errno.EIO, bench::start);
    assertThat(bench.returnCode(0)).isEqualTo(-Errno.EIO.number());
    assertNothingHappened();
  }

  @Test
  @DisplayName("9.20: a path that is not operational is used no more; without any it is ENODEV")
  void pathsRunOut() {
    assertThat(bench.subchannel.lpm()).isEqualTo(0xC0);
    bench.subchannel.answer(Step.SSCH, ConditionCode.CC3, 2);
    assertErrno(Errno.EACCES, () -> bench.start(CcwUser.orb(IOVA).withLpm(0x80)));
    assertThat(bench.subchannel.lpm()).isEqualTo(0x40);
    assertErrno(Errno.ENODEV, () -> bench.start(CcwUser.orb(IOVA).withLpm(0x40)));
    assertThat(bench.subchannel.lpm()).isZero();
    assertNothingHappened();
  }

  @Test
  @DisplayName("9.20: of an ORB that names no path all are taken away")
  void noPathNamed() {
    bench.subchannel.answer(Step.SSCH, ConditionCode.CC3, 1);
    assertErrno(Errno.ENODEV, () -> bench.start(CcwUser.orb(IOVA).withLpm(0)));
    assertThat(bench.subchannel.lpm()).isZero();
  }

  @Test
  @DisplayName(
      "9.20: a subchannel that can't be stored any more is ENODEV, whatever paths are left")
  void goneWhenRefreshed() {
    bench.subchannel.answer(Step.SSCH, ConditionCode.CC3, 1);
    bench.subchannel.refuse(Step.REFRESH, Errno.ENODEV, 1);
    assertErrno(Errno.ENODEV, () -> bench.start(CcwUser.orb(IOVA).withLpm(0x80)));
    assertThat(bench.subchannel.lpm()).isEqualTo(0x40);
    assertNothingHappened();
  }

  @ParameterizedTest(name = "program at 0x{0}")
  @CsvSource({"900000", "110000"})
  @DisplayName("9.21: a program that is not mapped leaves it idle, and nothing pinned")
  void notMapped(String cpa) {
    Orb orb = CcwUser.orb(Integer.parseInt(cpa, 16));
    assertErrno(Errno.EINVAL, () -> bench.write(0, CcwUser.request(orb, Scsw.START)));
    assertThat(bench.returnCode(0)).isEqualTo(-Errno.EINVAL.number());
    assertNothingHappened();
    assertThat(bench.subchannel.issued()).isEmpty();
  }

  @Test
  @DisplayName("9.21: after a refusal the next start is judged anew: no stale return code")
  void noStaleReturnCode() {
    bench.subchannel.answer(Step.SSCH, ConditionCode.CC1, 1);
    assertErrno(Errno.EBUSY, bench::start);
    byte[] nothing = CcwUser.request(CcwUser.orb(IOVA), 0);
    nothing[123] = 9;
    assertThat(bench.write(0, nothing)).isEqualTo(CcwUser.IO_SIZE);
    assertThat(bench.returnCode(0)).isZero();
  }

  @Test
  @DisplayName("9.22: START with HALT is a start")
  void startWins() {
    bench.write(0, CcwUser.request(readPage(), Scsw.START | Scsw.HALT | Scsw.CLEAR));
    assertThat(bench.subchannel.issued()).containsExactly(Step.SSCH);
    bench.presentEnd();
    bench.work();
  }

  @ParameterizedTest
  @CsvSource({"0x2000", "0x1000", "0x3000"})
  @DisplayName("9.22: halt and clear belong into the command region: EOPNOTSUPP")
  void haltOrClear(String functions) {
    assertErrno(
        Errno.EOPNOTSUPP,
        () -> bench.write(0, CcwUser.request(readPage(), Integer.decode(functions))));
    assertThat(bench.subchannel.issued()).isEmpty();
    assertNothingHappened();
  }

  @Test
  @DisplayName("9.22: no function is no error, and nothing happens")
  void noFunction() {
    assertThat(bench.write(0, CcwUser.request(readPage(), 0))).isEqualTo(CcwUser.IO_SIZE);
    assertThat(bench.subchannel.issued()).isEmpty();
    assertNothingHappened();
  }

  @Test
  @DisplayName("9.23: a program of transport mode is EOPNOTSUPP")
  void transportMode() {
    Orb orb = CcwUser.orb(IOVA);
    Orb transport = new Orb(orb.intparm(), orb.word1() | Orb.TRANSPORT, orb.cpa());
    assertErrno(Errno.EOPNOTSUPP, () -> bench.start(transport));
    assertThat(bench.subchannel.issued()).isEmpty();
    assertNothingHappened();
  }

  private Orb readPage() {
    bench.program(new Ccw(0x02, 0, 16, IOVA + 0x2000));
    return CcwUser.orb(IOVA);
  }
}
