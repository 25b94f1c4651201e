package org.mdev4j.driver.ccw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mdev4j.driver.ccw.CcwHost.DISK;
import static org.mdev4j.driver.ccw.Errnos.assertErrno;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.css.Subchannel;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.sim.css.HoldPoint;

@DisplayName("ccw 1.2, 5.4: a device that is open goes when its user lets go")
class RemovalTest {
  private final CcwHost host = new CcwHost();

  @AfterEach
  void close() {
    host.close();
  }

  @Test
  @DisplayName("9.10: the user is asked at once and every 10 s; the removal ends when it closes")
  void asksTheUser() {
    CcwUser user = host.open(0);
    CompletableFuture<Void> removal = CcwHost.inBackground(() -> host.unbind(0));
    for (int asked = 0; asked < 3; asked++) {
      CcwUser.await(user.req);
      host.awaitTimer();
      assertThat(user.req.peek()).isZero();
      assertThat(removal).isNotDone();
      host.clock.advance(Duration.ofSeconds(10));
    }
    CcwUser.await(user.req);
    user.close();
    CcwHost.join(removal);
    assertThat(host.exists(host.type(0))).isFalse();
    assertThat(host.isEnabled(0)).isFalse();
  }

  @Test
  @DisplayName("9.10: a user who can't be asked is waited for all the same")
  void cantBeAsked() {
    CcwUser user = host.open(0);
    user.trigger(2, null);
    CompletableFuture<Void> removal = CcwHost.inBackground(() -> host.unbind(0));
    host.awaitTimer();
    assertThat(removal).isNotDone();
    assertThat(user.req.peek()).isZero();
    user.close();
    CcwHost.join(removal);
  }

  @Test
  @DisplayName("9.14: while it is asked to let go its user runs programs and gets their interrupts")
  void goesOnMeanwhile() {
    CcwUser user = host.open(0);
    CompletableFuture<Void> removal = CcwHost.inBackground(() -> host.unbind(0));
    CcwUser.await(user.req);
    user.start(0xE4, 40);
    assertThat(user.awaitIrb().scsw().deviceStatus()).isEqualTo(0x0C);
    assertThat(removal).isNotDone();
    user.close();
    CcwHost.join(removal);
  }

  @Test
  @DisplayName("9.14: an interrupt that comes while it closes is waited for, not timed out")
  void closesWithoutTimeout() {
    CcwUser user = host.open(2);
    user.start(0x0A, 16);
    host.css().settle();
    CompletableFuture<Void> removal = CcwHost.inBackground(() -> host.unbind(2));
    CcwUser.await(user.req);
    CcwHost.join(CcwHost.inBackground(user::close));
    CcwHost.join(removal);
    assertThat(host.isEnabled(2)).isFalse();
  }

  @Test
  @DisplayName(
      "9.40: a disk that is pulled while open and idle: the user is asked, and told ENODEV")
  void pulledIdle() {
    CcwUser user = host.open(0);
    Subchannel gone = host.subchannel(0);
    host.panel().unplug(DISK);
    CcwUser.await(user.req);
    assertThat(host.state(user)).isEqualTo("BROKEN");
    assertErrno(Errno.EIO, () -> user.start(0xE4, 40));
    assertErrno(Errno.EIO, user::halt);
    assertErrno(Errno.ENODEV, user::schib);
    assertErrno(Errno.EINVAL, user.file::reset);
    assertThat(user.io.peek() + user.crw.peek()).isZero();
    user.close();
    host.awaitUnregistered(gone);
    assertThat(host.exists("/sys/bus/css/devices/0.0.0000")).isFalse();
  }

  @Test
  @DisplayName("9.40, 9.44: with a program in flight its pages are given back before the user goes")
  void pulledActive() {
    CcwUser user = host.open(0);
    Subchannel gone = host.subchannel(0);
    host.panel().device(DISK).hold(HoldPoint.COMMAND);
    user.start(0xE4, 40);
    host.css().settle();
    assertThat(user.pinnedPages()).isOne();
    host.panel().unplug(DISK);
    CcwUser.await(user.req);
    await().atMost(CcwHost.LIMIT).until(() -> user.pinnedPages() == 0);
    host.awaitNothingPinned();
    assertThat(host.state(user)).isEqualTo("BROKEN");
    user.close();
    host.awaitUnregistered(gone);
  }

  @Test
  @DisplayName("9.40: another disk can take its place")
  void pluggedAgain() {
    CcwUser user = host.open(0);
    Subchannel gone = host.subchannel(0);
    host.panel().unplug(DISK);
    CcwUser.await(user.req);
    host.panel()
        .plug(
            "{'number': '0000', 'device': '0121', 'chpids': ['20'], 'kind': 'fba'}"
                .replace('\'', '"'));
    user.close();
    host.awaitReplaced(gone);
    try (CcwUser next = host.open(0)) {
      next.start(0xE4, 40);
      assertThat(next.awaitIrb().scsw().deviceStatus()).isEqualTo(0x0C);
    }
  }

  @Test
  @DisplayName("unloading the module while a device is open is EAGAIN; then it ends well")
  void unload() {
    try (CcwUser user = host.open(0)) {
      assertErrno(Errno.EAGAIN, () -> host.host.modules().rmmod("vfio_ccw"));
      user.start(0xE4, 40);
      var _ = user.awaitIrb();
    }
    host.host.modules().rmmod("vfio_ccw");
    assertThat(host.exists("/sys/bus/css/drivers/vfio_ccw")).isFalse();
  }
}
