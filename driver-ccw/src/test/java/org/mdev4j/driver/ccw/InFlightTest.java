package org.mdev4j.driver.ccw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mdev4j.driver.ccw.CcwHost.DISK;
import static org.mdev4j.driver.ccw.CcwUser.IOVA;
import static org.mdev4j.driver.ccw.Errnos.assertErrno;

import java.lang.foreign.Arena;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.Crw;
import org.mdev4j.css.Subchannel;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.vfio.dma.GuestMemory;

/**
 * A start that waits for a page of its user's to arrive, so that everything else can happen while
 * it is in CP_PROCESSING.
 */
@DisplayName("what happens while a start is under way, which the kernel gets wrong")
class InFlightTest {
  private static final int SLOW_IOVA = 0x800000;

  private final CcwHost host = new CcwHost();
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch arrives = new CountDownLatch(1);
  private Subchannel subchannel;
  private CcwUser user;
  private CompletableFuture<Void> start;

  @BeforeEach
  void startOnASlowPage() {
    user = host.open(0);
    subchannel = host.subchannel(0);
    GuestMemory page = GuestMemory.of(Arena.ofAuto().allocate(4096, 4096));
    user.map(SLOW_IOVA, new NoticedMemory(page, this::waitForThePage));
    user.program(IOVA, new Ccw(0xE4, Ccw.SUPPRESS_LENGTH, 40, SLOW_IOVA));
    start = CcwHost.inBackground(() -> user.start(CcwUser.orb(IOVA)));
    waitFor(asked);
  }

  @AfterEach
  void close() {
    arrives.countDown();
    user.close();
    host.close();
  }

  private void waitForThePage() {
    asked.countDown();
    waitFor(arrives);
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      assertThat(latch.await(CcwHost.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void awaitTrace(String event) {
    StringBuilder seen = new StringBuilder();
    await().atMost(CcwHost.LIMIT).until(() -> seen.append(host.trace()).toString().contains(event));
  }

  private void assertInGoodOrder() {
    assertThat(host.state(user)).isEqualTo("IDLE");
    assertThat(host.css().subchannel(subchannel.id())).isSameAs(subchannel);
    assertThat(subchannel.isScheduled()).isFalse();
    host.awaitNothingPinned();
    user.start(0xE4, 40);
    assertThat(user.awaitIrb().scsw().deviceStatus()).isEqualTo(0x0C);
  }

  @Test
  @DisplayName("9.17, 9.18: another start, halt or clear is EAGAIN")
  void otherRequests() {
    assertErrno(Errno.EAGAIN, () -> user.write(CcwUser.IO, new byte[CcwUser.IO_SIZE]));
    assertErrno(Errno.EAGAIN, user::halt);
    assertErrno(Errno.EAGAIN, user::clear);
    arrives.countDown();
    CcwHost.join(start);
    assertThat(user.awaitIrb().scsw().deviceStatus()).isEqualTo(0x0C);
  }

  @Test
  @DisplayName("a RESET aborts it, and never unregisters the subchannel")
  void reset() {
    CompletableFuture<Void> reset = CcwHost.inBackground(user.file::reset);
    awaitTrace("CLOSE in CP_PROCESSING");
    arrives.countDown();
    assertErrno(Errno.ENODEV, () -> CcwHost.join(start));
    CcwHost.join(reset);
    assertInGoodOrder();
  }

  @Test
  @DisplayName("two RESETs come one after the other, and never unregister the subchannel")
  void twoResets() {
    CompletableFuture<Void> first = CcwHost.inBackground(user.file::reset);
    CompletableFuture<Void> second = CcwHost.inBackground(user.file::reset);
    awaitTrace("CLOSE in CP_PROCESSING");
    arrives.countDown();
    assertErrno(Errno.ENODEV, () -> CcwHost.join(start));
    CcwHost.join(first);
    CcwHost.join(second);
    assertInGoodOrder();
  }

  @Test
  @DisplayName("a removal is final: the start fails, and does not make the device idle again")
  void removal() {
    host.panel().unplug(DISK);
    CcwUser.await(user.req);
    arrives.countDown();
    assertErrno(Errno.ENODEV, () -> CcwHost.join(start));
    assertThat(host.state(user)).isEqualTo("BROKEN");
    assertErrno(Errno.EIO, () -> user.start(0xE4, 40));
    assertErrno(Errno.EINVAL, user.file::reset);
    host.awaitNothingPinned();
    user.closeDevice();
    host.awaitUnregistered(subchannel);
  }

  @Test
  @DisplayName("closing the file ends nothing; the last one to go closes, and gives all back")
  void closeMeanwhile() {
    user.closeDevice();
    assertThat(host.isEnabled(0)).isTrue();
    arrives.countDown();
    CcwHost.join(start);
    await().atMost(CcwHost.LIMIT).until(() -> !host.isEnabled(0));
    assertThat(user.pinnedPages()).isZero();
  }

  @Test
  @DisplayName("a lost path, reported meanwhile, is told; the start goes on")
  void pathLost() {
    host.css().inject(Crw.of(Crw.RSC_PATH, 6, 0x21));
    CcwUser.await(user.crw);
    arrives.countDown();
    CcwHost.join(start);
    assertThat(user.awaitIrb().scsw().deviceStatus()).isEqualTo(0x0C);
    assertThat(user.readCrw()).isEqualTo(0x0406_0021);
  }
}
