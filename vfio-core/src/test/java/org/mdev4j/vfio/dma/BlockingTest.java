package org.mdev4j.vfio.dma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.dma.Space.PAGE;
import static org.mdev4j.vfio.dma.Space.RW;
import static org.mdev4j.vfio.dma.Space.refused;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;

/** Who waits for whom when memory has to arrive first. */
class BlockingTest {
  private final Space space = Space.v2();
  private final DeviceDma device = space.attachGoodDevice();
  private final LazyMemory lazy = new LazyMemory(space.memory);

  @BeforeEach
  void map() {
    space.map(0, 1, RW, lazy, 0);
    space.map(PAGE, 1);
  }

  @AfterEach
  void close() {
    space.close();
  }

  @Test
  @DisplayName("OPS.md: while a pin blocks, unmapping waits; infos and copies elsewhere do not")
  void pin() {
    Parallel pin = Parallel.run(() -> device.pinPages(0, 1, RW));
    lazy.awaitAsked();
    Parallel unmap = Parallel.run(() -> space.unmap(PAGE, PAGE));
    unmap.awaitBlocked();

    assertThat(space.dma.info(4096).available()).isEqualTo(Space.LIMIT - 2);
    assertThat(space.dma.available()).isEqualTo(Space.LIMIT - 2);
    device.read(PAGE, Space.bytes(0));

    lazy.arrive();
    pin.join();
    unmap.join();
    assertThat(space.dma.pinnedPages()).isEqualTo(1);
  }

  @Test
  @DisplayName("While a copy blocks, only unmapping its mapping waits; new copies find no mapping")
  void copy() {
    Parallel copy = Parallel.run(() -> device.write(0, Space.bytes(1)));
    lazy.awaitAsked();
    assertThat(space.unmap(PAGE, PAGE)).isEqualTo(PAGE);
    space.map(PAGE, 1);
    assertThat(device.pinPages(PAGE, 1, RW)).hasSize(1);
    Parallel unmap = Parallel.run(() -> space.unmap(0, PAGE));
    unmap.awaitBlocked();

    refused(Errno.EINVAL, () -> device.read(0, Space.bytes(0)));
    device.read(PAGE, Space.bytes(0));

    lazy.arrive();
    copy.join();
    unmap.join();
    assertThat(space.dma.available()).isEqualTo(Space.LIMIT - 1);
  }

  @Test
  @DisplayName("5.3: pages written while they are unmapped are told by GET_DIRTY_BITMAP")
  void lateWriteIsTold() {
    space.startTracking();
    Parallel copy = Parallel.run(() -> device.write(0, Space.bytes(1)));
    lazy.awaitAsked();
    UserBitmap bitmap = Space.bitmap(1);
    Parallel unmap = Parallel.run(() -> space.unmapTelling(0, 1, bitmap));
    unmap.awaitBlocked();

    lazy.arrive();

    copy.join();
    unmap.join();
    assertThat(Space.bitsOf(bitmap)).containsExactly(0L);
  }

  @Test
  @DisplayName(
      "5.5: a page that is told while a write to it is under way is dirty once more after it")
  void writeAcrossGet() {
    space.startTracking();
    Parallel copy = Parallel.run(() -> device.write(0, Space.bytes(1)));
    lazy.awaitAsked();
    assertThat(space.dirty(0, 2)).isEmpty();

    lazy.arrive();

    copy.join();
    assertThat(space.dirty(0, 2)).containsExactly(0L);
  }

  @Test
  @DisplayName("Closing a device waits for its copies; no new ones begin")
  void deviceClose() {
    Parallel copy = Parallel.run(() -> device.write(0, Space.bytes(1)));
    lazy.awaitAsked();
    Parallel close = Parallel.run(device::close);
    close.awaitBlocked();

    refused(Errno.EINVAL, () -> device.read(PAGE, Space.bytes(0)));

    lazy.arrive();
    copy.join();
    close.join();
  }
}
