package org.mdev4j.driver.ccw.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mdev4j.driver.ccw.CcwUser.IOVA;
import static org.mdev4j.driver.ccw.CcwUser.orb;
import static org.mdev4j.driver.ccw.Refusal.refused;

import org.assertj.core.api.Condition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.SubchannelId;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.driver.ccw.CcwHost;
import org.mdev4j.driver.ccw.CcwUser;
import org.mdev4j.sim.css.HoldPoint;
import org.mdev4j.vfio.DeviceInfo;
import org.mdev4j.vfio.dma.DmaUnmap;

@DisplayName("ccw 2: a device whose subchannel is gone")
class BrokenDeviceTest {
  private static final int DEVICE = 0x0200;
  private static final Condition<String> BREAKS =
      new Condition<>(event -> event.startsWith("BROKEN in "), "BROKEN");

  private final CcwHost host = new CcwHost();
  private final CcwUser user = host.open(2);

  @BeforeEach
  void program() {
    user.program(IOVA, new Ccw(0x02, 0, 8, IOVA + 0x2000));
  }

  @AfterEach
  void close() {
    user.close();
    host.close();
  }

  @Test
  @DisplayName("9.77 writes are EIO, RESET is EINVAL, infos and reads work, close is fine")
  void idle() {
    pull();
    assertRefusesEverything();
    user.close();
    awaitGone();
  }

  @Test
  @DisplayName("9.77 the same while a program was pending: its pages are given back at once")
  void pending() {
    host.panel().device(DEVICE).hold(HoldPoint.COMMAND);
    user.start(orb(IOVA));
    host.css().settle();
    assertThat(user.container.iommu().pinnedPages()).isOne();
    pull();
    await().atMost(CcwHost.LIMIT).until(() -> user.container.iommu().pinnedPages() == 0);
    assertRefusesEverything();
    assertThat(user.io.take()).as("no status comes of it").isZero();
    user.close();
    awaitGone();
  }

  private void pull() {
    host.panel().unplug(DEVICE);
    await().atMost(CcwHost.LIMIT).until(() -> user.req.take() > 0);
    assertThat(host.trace()).haveExactly(1, BREAKS);
  }

  private void assertRefusesEverything() {
    refused(Errno.EIO, () -> user.start(orb(IOVA)));
    assertThat(user.returnCode()).isEqualTo(-Errno.EIO.number());
    refused(Errno.EIO, () -> user.write(CcwUser.IO, CcwUser.request(orb(IOVA), 0)));
    refused(Errno.EIO, user::halt);
    refused(Errno.EIO, user::clear);
    refused(Errno.EIO, () -> user.command(7));
    refused(Errno.EINVAL, user.file::reset);
    refused(Errno.EINVAL, user.file::reset);
    refused(Errno.ENODEV, user::schib);
    assertThat(user.readCrw()).isZero();
    assertThat(user.file.info(16)).isEqualTo(new DeviceInfo(0x11, 4, 3));
    assertThat(user.file.regionInfo(48, 3).size()).isEqualTo(8);
    user.trigger(0, null);
    user.trigger(0, user.io);
    assertThat(
            user.container
                .iommu()
                .unmap(new DmaUnmap(DmaUnmap.SIZE, 0, IOVA, CcwUser.MEMORY, null)))
        .isEqualTo(CcwUser.MEMORY);
    assertThat(host.trace()).as("nothing leads out").noneMatch(event -> event.endsWith("IDLE"));
  }

  private void awaitGone() {
    await()
        .atMost(CcwHost.LIMIT)
        .until(() -> host.css().subchannel(new SubchannelId(0, 2)) == null);
  }
}
