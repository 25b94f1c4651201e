package org.mdev4j.vfio.dma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.dma.Space.LAST_PAGE;
import static org.mdev4j.vfio.dma.Space.PAGE;
import static org.mdev4j.vfio.dma.Space.RW;
import static org.mdev4j.vfio.dma.Space.refused;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.device.errno.Errno;

class DmaMapTest {
  private final Space space = Space.v2();

  @AfterEach
  void close() {
    space.close();
  }

  private void map(int argsz, int flags, long vaddr, long iova, long size) {
    space.dma.map(new DmaMap(argsz, flags, space.memory, vaddr, iova, size));
  }

  @ParameterizedTest
  @CsvSource({"31,3", "0,3", "32,8", "32,0x103", "32,-1", "32,0", "32,5", "32,6", "32,7"})
  @DisplayName("5.2.1, 5.2.2: argsz and flags")
  void header(int argsz, String flags) {
    refused(Errno.EINVAL, () -> map(argsz, Integer.decode(flags), 0, 0, PAGE));
    assertThat(space.dma.available()).isEqualTo(Space.LIMIT);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3})
  @DisplayName("5.2.2: READ, WRITE or both; a larger argsz, unsigned, is fine")
  void protections(int flags) {
    map(-1, flags, 0, 0, PAGE);
    assertThat(space.dma.available()).isEqualTo(Space.LIMIT - 1);
  }

  @ParameterizedTest
  @CsvSource({"0,0,0", "0,0,100", "0,0x800,0x1000", "16,0,0x1000", "0,1,0x1000", "0,0,0x1001"})
  @DisplayName("5.2.3: size 0, or anything not in whole pages")
  void alignment(String vaddr, String iova, String size) {
    refused(
        Errno.EINVAL, () -> map(32, RW, Long.decode(vaddr), Long.decode(iova), Long.decode(size)));
  }

  @Test
  @DisplayName("5.2.4: a range may end at 2^64, not beyond")
  void wrap() {
    refused(Errno.EINVAL, () -> map(32, RW, 0, LAST_PAGE, 2 * PAGE));
    refused(Errno.EINVAL, () -> map(32, RW, LAST_PAGE, 0, 2 * PAGE));
    map(32, RW, LAST_PAGE, LAST_PAGE, PAGE);
    map(32, RW, 0, 0, LAST_PAGE);
    refused(Errno.EEXIST, () -> map(32, RW, 0, PAGE, PAGE));
    assertThat(space.dma.available()).isEqualTo(Space.LIMIT - 2);
  }

  @ParameterizedTest
  @CsvSource({"4,4", "3,2", "7,2", "5,1", "0,16", "0,5", "7,9"})
  @DisplayName("5.2.5: any overlap is EEXIST")
  void overlap(long page, long pages) {
    space.map(4 * PAGE, 4);
    refused(Errno.EEXIST, () -> space.map(page * PAGE, pages));
  }

  @Test
  @DisplayName("5.2.5: neighbours do not overlap, also across 2^63 and at the end")
  void neighbours() {
    space.map(4 * PAGE, 4);
    space.map(3 * PAGE, 1);
    space.map(8 * PAGE, 1);
    space.map(Long.MIN_VALUE - PAGE, 1);
    space.map(Long.MIN_VALUE, 1);
    space.map(LAST_PAGE, 1);
    refused(Errno.EEXIST, () -> space.map(Long.MIN_VALUE - PAGE, 2));
    refused(Errno.EEXIST, () -> space.map(LAST_PAGE, 1));
    assertThat(space.dma.available()).isEqualTo(Space.LIMIT - 6);
  }

  @Test
  @DisplayName("5.2.6: no entries left is ENOSPC; an overlap is told first; unmapping gives back")
  void entries() {
    for (int i = 0; i < Space.LIMIT; i++) {
      space.map(i * PAGE, 1);
    }
    assertThat(space.dma.available()).isZero();
    refused(Errno.ENOSPC, () -> space.map(Space.LIMIT * PAGE, 1));
    refused(Errno.EEXIST, () -> space.map(0, 1));

    assertThat(space.unmap(5 * PAGE, PAGE)).isEqualTo(PAGE);

    space.map(Space.LIMIT * PAGE, 1);
    assertThat(space.dma.available()).isZero();
  }

  @Test
  @DisplayName("5.2.8: nothing is touched yet: memory may be shorter than its mapping")
  void nothingIsPinned() {
    space.map(0, 1000);
    assertThat(space.hostMemory().inUse()).isZero();
  }

  @Test
  @DisplayName("5.2.9: with tracking on, a mapping of 2^31 pages is EINVAL and does not stay")
  void tooLargeToTrack() {
    space.startTracking();
    refused(Errno.EINVAL, () -> space.map(0, 1L << 31));
    assertThat(space.dma.available()).isEqualTo(Space.LIMIT);
    space.stopTracking();
    space.map(0, 1L << 31);
  }

  @Test
  @DisplayName("5.2: VADDR update: ENOENT without mapping, EINVAL as none can be invalidated")
  void vaddr() {
    space.map(0, 2);
    refused(Errno.ENOENT, () -> map(32, DmaMap.VADDR, 0, 2 * PAGE, PAGE));
    refused(Errno.EINVAL, () -> map(32, DmaMap.VADDR, 0, 0, 2 * PAGE));
    refused(Errno.EINVAL, () -> map(32, DmaMap.VADDR, 0, PAGE, 4 * PAGE));
  }

  @Test
  @DisplayName("5.6: when the last group has left, every mapping is gone and none can be made")
  void closed() {
    space.map(0, 2);
    DeviceDma device = space.attachGoodDevice();
    assertThat(device.pinPages(0, 2, RW)).hasSize(2);

    space.dma.close();

    assertThat(space.hostMemory().inUse()).isZero();
    assertThat(space.dma.available()).isEqualTo(Space.LIMIT);
    refused(Errno.EINVAL, () -> space.map(0, 1));
    refused(Errno.EINVAL, space::unmapAll);
    refused(Errno.EINVAL, space::startTracking);
    refused(Errno.EINVAL, () -> space.dma.attach(null));
    refused(Errno.EINVAL, () -> device.pinPages(0, 1, RW));
    refused(Errno.EINVAL, () -> device.read(0, Space.bytes(0)));
    device.unpinPages(0, 2);
    device.close();
  }
}
