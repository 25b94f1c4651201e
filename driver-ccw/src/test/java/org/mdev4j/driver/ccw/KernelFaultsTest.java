package org.mdev4j.driver.ccw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.driver.ccw.CcwUser.IOVA;
import static org.mdev4j.driver.ccw.Errnos.assertErrno;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.Crw;
import org.mdev4j.css.Scsw;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.vfio.model.UserBuffer;

/**
 * What the kernel gets wrong when regions are accessed. Its other faults are tested where they
 * belong: {@link NextUserTest}, {@link InFlightTest}, {@link CallbackTest}, {@code
 * device.InterruptTest}.
 */
@DisplayName("what the kernel gets wrong is right here")
class KernelFaultsTest {
  private final CcwHost host = new CcwHost();
  private CcwUser user;

  @BeforeEach
  void open() {
    user = host.open(2);
  }

  @AfterEach
  void close() {
    user.close();
    host.close();
  }

  /** Leaves a request in the I/O region that started a program, which has ended. */
  private void leaveStartInRegion() {
    user.start(0x02, 8);
    var _ = user.awaitIrb();
    host.trace();
  }

  private void assertNothingStarted() {
    host.css().settle();
    assertThat(host.trace()).isEmpty();
    assertThat(user.io.peek()).isZero();
  }

  @Test
  @DisplayName("a write of no bytes never starts I/O, wherever it is")
  void zeroLength() {
    leaveStartInRegion();
    for (long position : new long[] {CcwUser.IO, CcwUser.IO + 12, CcwUser.IO + CcwUser.IO_SIZE}) {
      assertThat(user.write(position)).isZero();
    }
    assertThat(user.write(CcwUser.COMMAND)).isZero();
    assertNothingStarted();
  }

  @ParameterizedTest
  @ValueSource(ints = {24, 60, 119, 120, 123})
  @DisplayName("a write to where status is written for the user never starts I/O")
  void misplaced(int position) {
    leaveStartInRegion();
    assertThat(user.write(CcwUser.IO + position, (byte) 1)).isOne();
    assertNothingStarted();
  }

  @Test
  @DisplayName("a write to the return code of the command region halts and clears nothing")
  void misplacedCommand() {
    user.clear();
    var _ = user.awaitIrb();
    host.trace();
    assertThat(user.write(CcwUser.COMMAND + 4, (byte) 0, (byte) 0, (byte) 0, (byte) 9))
        .isEqualTo(4);
    assertNothingStarted();
    assertThat(user.read(CcwUser.COMMAND + 4, 4)).containsOnly(0);
  }

  @Test
  @DisplayName("a buffer that can't be read is EFAULT, and starts nothing of what was there before")
  void badSource() {
    leaveStartInRegion();
    assertErrno(Errno.EFAULT, () -> user.file.write(CcwUser.IO, UserBuffer.bad(CcwUser.IO_SIZE)));
    assertNothingStarted();
    user.start(0x02, 8);
    assertThat(user.awaitIrb().scsw().deviceStatus()).isEqualTo(0x0C);
  }

  @Test
  @DisplayName("a read that fails, of nothing or of padding never loses a channel report")
  void failedRead() {
    host.css().inject(Crw.of(Crw.RSC_PATH, Crw.ERC_INIT, 0x20));
    CcwUser.await(user.crw);
    assertErrno(Errno.EFAULT, () -> user.file.read(CcwUser.CRW, UserBuffer.bad(8)));
    assertErrno(Errno.EINVAL, () -> user.read(CcwUser.CRW, 9));
    assertThat(user.read(CcwUser.CRW, 0)).isEmpty();
    assertThat(user.read(CcwUser.CRW + 4, 4)).containsOnly(0);
    assertThat(user.readCrw()).isEqualTo(0x0402_0020);
    assertThat(user.readCrw()).isZero();
  }

  @Test
  @DisplayName("a read that fails leaves the reports in their order")
  void failedReadKeepsOrder() {
    host.css()
        .inject(
            Crw.of(Crw.RSC_PATH, Crw.ERC_INIT, 0x20), Crw.of(Crw.RSC_PATH, Crw.ERC_PERRN, 0x20));
    host.css().settle();
    assertErrno(Errno.EFAULT, () -> user.file.read(CcwUser.CRW, UserBuffer.bad(4)));
    assertThat(user.readCrw()).isEqualTo(0x0402_0020);
    assertThat(user.readCrw()).isEqualTo(0x0406_0020);
  }

  @Test
  @DisplayName("a stale return code, of the user's or of an earlier refusal, is never returned")
  void staleReturnCode() {
    byte[] nothing = CcwUser.request(CcwUser.orb(IOVA), 0);
    nothing[120] = -1;
    nothing[123] = 5;
    assertThat(user.write(CcwUser.IO, nothing)).isEqualTo(CcwUser.IO_SIZE);
    assertThat(user.returnCode()).isZero();
    assertErrno(
        Errno.EOPNOTSUPP,
        () -> user.write(CcwUser.IO, CcwUser.request(CcwUser.orb(IOVA), Scsw.HALT)));
    assertThat(user.returnCode()).isEqualTo(-Errno.EOPNOTSUPP.number());
    user.program(IOVA, new Ccw(0x02, Ccw.SUPPRESS_LENGTH, 8, IOVA + 0x1000));
    user.start(CcwUser.orb(IOVA));
    assertThat(user.returnCode()).isZero();
    var _ = user.awaitIrb();
  }

  @Test
  @DisplayName("no host address is in the SCHIB that the user reads")
  void schib() {
    user.start(0x0A, 16);
    host.css().settle();
    assertThat(user.schib().scsw().cpa()).isEqualTo(IOVA + 8);
    user.clear();
    var _ = user.awaitIrb();
    assertThat(user.schib().scsw().cpa()).isZero();
    assertThat(user.schib().pmcw().intparm()).isEqualTo(host.subchannel(2).id().word());
  }
}
