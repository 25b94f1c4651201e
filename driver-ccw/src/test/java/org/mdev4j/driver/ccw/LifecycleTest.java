package org.mdev4j.driver.ccw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.driver.ccw.CcwHost.DISK;
import static org.mdev4j.driver.ccw.Errnos.assertErrno;

import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.css.Pmcw;
import org.mdev4j.css.Subchannel;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.vfio.DeviceFile;

@DisplayName("ccw 1: parents, devices and their users come and go")
class LifecycleTest {
  private final CcwHost host = new CcwHost();

  @AfterEach
  void close() {
    host.close();
  }

  @Test
  @DisplayName("9.1: a subchannel that is bound offers one device, and stays disabled")
  void bind() {
    host.bind(0);
    assertThat(host.available(0)).isOne();
    assertThat(host.read(host.type(0) + "/name")).isEqualTo("I/O subchannel (Non-QDIO)");
    assertThat(host.read(host.type(0) + "/device_api")).isEqualTo("vfio-ccw");
    assertThat(host.exists(host.type(0) + "/description")).isFalse();
    assertThat(host.isEnabled(0)).isFalse();
  }

  @Test
  @DisplayName("9.2: a subchannel for QDIO is refused, and offers nothing")
  void qdio() {
    assertErrno(Errno.ENODEV, () -> host.bind(3));
    assertThat(host.exists("/sys/bus/css/devices/0.0.0003/mdev_supported_types")).isFalse();
    assertThat(host.exists("/sys/bus/css/devices/0.0.0003/driver")).isFalse();
  }

  @Test
  @DisplayName("9.3: a second device is EUSERS; a UUID that is in use anywhere is EEXIST")
  void secondCreate() {
    host.bind(0);
    host.bind(1);
    String uuid = host.create(0);
    assertThat(host.available(0)).isZero();
    assertErrno(Errno.EUSERS, () -> host.create(0));
    assertErrno(Errno.EEXIST, () -> host.write(host.type(1) + "/create", uuid));
    assertErrno(Errno.EEXIST, () -> host.write(host.type(0) + "/create", uuid));
    assertThat(host.available(1)).isOne();
  }

  @Test
  @DisplayName("9.4: after a remove another device can be created, which begins CLOSED")
  void createAgain() {
    host.bind(0);
    host.remove(host.create(0));
    assertThat(host.available(0)).isOne();
    try (CcwUser user = host.open(host.create(0))) {
      assertThat(host.trace()).containsExactly("OPEN in CLOSED");
      assertThat(user.file.info(16).regions()).isEqualTo(4);
    }
  }

  @Test
  @DisplayName("9.4: also one whose device was broken")
  void createAfterBreaking() {
    host.bind(0);
    String broken = host.create(0);
    Subchannel before = host.subchannel(0);
    host.shutdown();
    host.awaitReplaced(before);
    assertThat(host.exists("/sys/bus/mdev/devices/" + broken)).isFalse();
    host.bind(0);
    try (CcwUser user = host.open(host.create(0))) {
      assertThat(host.state(user)).isEqualTo("IDLE");
    }
  }

  @Test
  @DisplayName("9.6: the first open enables the subchannel, for subclass 3; there are 4 regions")
  void open() {
    try (CcwUser user = host.open(0)) {
      Pmcw pmcw = host.schib(0).pmcw();
      assertThat(pmcw.has(Pmcw.ENABLED)).isTrue();
      assertThat(pmcw.isc()).isEqualTo(3);
      assertThat(pmcw.intparm()).isEqualTo(host.subchannel(0).id().word());
      assertThat(user.file.info(16).regions()).isEqualTo(4);
      assertThat(host.state(user)).isEqualTo("IDLE");
    }
  }

  @Test
  @DisplayName("9.7: the last close disables it; no page and no trigger is kept")
  void lastClose() {
    CcwUser user = host.open(2);
    DeviceFile second = user.openAgain();
    user.start(0x0A, 16);
    assertThat(user.pinnedPages()).isOne();
    host.trace();
    second.close();
    assertThat(host.isEnabled(2)).as("one file is still open").isTrue();
    assertThat(user.pinnedPages()).isOne();
    user.closeDevice();
    assertThat(host.isEnabled(2)).isFalse();
    assertThat(user.pinnedPages()).isZero();
    assertThat(host.trace()).contains("CLOSE in CP_PENDING");
    user.io.take();
    host.panel().device(0x0200).present(0x80);
    host.css().settle();
    assertThat(user.io.peek() + user.crw.peek() + user.req.peek()).isZero();
    user.close();
  }

  @Test
  @DisplayName("9.8: a subchannel that vanishes before it is enabled can't be opened")
  void openVanished() {
    host.bind(0);
    String uuid = host.create(0);
    // Nobody evaluates the machine check as long as the lock is held here.
    ReentrantLock lock = host.subchannel(0).lock();
    lock.lock();
    try {
      host.panel().unplug(DISK);
      assertErrno(Errno.EINVAL, () -> host.open(uuid));
      assertThat(host.trace()).contains("OPEN in CLOSED", "BROKEN in CLOSED");
    } finally {
      lock.unlock();
    }
  }
}
