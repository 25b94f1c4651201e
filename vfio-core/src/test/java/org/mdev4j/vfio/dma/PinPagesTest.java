package org.mdev4j.vfio.dma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.dma.Space.LAST_PAGE;
import static org.mdev4j.vfio.dma.Space.PAGE;
import static org.mdev4j.vfio.dma.Space.READ;
import static org.mdev4j.vfio.dma.Space.RW;
import static org.mdev4j.vfio.dma.Space.WRITE;
import static org.mdev4j.vfio.dma.Space.refused;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.device.errno.Errno;

class PinPagesTest {
  private final Space space = Space.v2();
  private final DeviceDma device = space.attachGoodDevice();

  @AfterEach
  void close() {
    space.close();
  }

  @ParameterizedTest
  @CsvSource({"0,EINVAL", "-1,EINVAL", "-2147483648,EINVAL", "513,E2BIG", "2147483647,E2BIG"})
  @DisplayName("5.4: the number of pages, before anything else is looked at")
  void count(int count, Errno errno) {
    refused(errno, () -> device.pinPages(1, count, RW));
  }

  @Test
  @DisplayName("5.4: 512 pages at once")
  void most() {
    for (int i = 0; i < 8; i++) {
      space.map(i * 64 * PAGE, 64);
    }
    assertThat(device.pinPages(0, 512, RW)).hasSize(512);
    assertThat(space.dma.pinnedPages()).isEqualTo(512);
    device.unpinPages(0, 513);
    assertThat(space.dma.pinnedPages()).isEqualTo(512);
    device.unpinPages(0, 512);
    assertThat(space.dma.pinnedPages()).isZero();
  }

  @Test
  @DisplayName("5.4: v1 is EACCES; too many pages are told first")
  void v1() {
    try (Space v1 = Space.v1()) {
      v1.map(0, 1);
      DeviceDma old = v1.attachGoodDevice();
      refused(Errno.EACCES, () -> old.pinPages(0, 1, RW));
      refused(Errno.E2BIG, () -> old.pinPages(0, 513, RW));
      refused(Errno.EINVAL, () -> old.pinPages(0, 0, RW));
      old.read(0, Space.bytes(0));
    }
  }

  @Test
  @DisplayName("5.4: without any open device that listens to unmapping, EINVAL")
  void nobodyListens() {
    space.map(0, 1);
    DeviceDma deaf = space.dma.attach(null);
    assertThat(deaf.pinPages(0, 1, RW)).as("while another listens").hasSize(1);
    deaf.unpinPages(0, 1);
    device.close();
    refused(Errno.EINVAL, () -> deaf.pinPages(0, 1, RW));
    deaf.read(0, Space.bytes(0));
  }

  @ParameterizedTest
  @ValueSource(longs = {1, PAGE - 1, PAGE + 8})
  @DisplayName("5.4: an address that is no page's is EINVAL")
  void unaligned(long iova) {
    space.map(0, 2);
    refused(Errno.EINVAL, () -> device.pinPages(iova, 1, RW));
    assertThat(device.pinPages(0, 2, RW)).hasSize(2);
    device.unpinPages(iova, 1);
    assertThat(space.dma.pinnedPages()).as("nothing was unpinned").isEqualTo(2);
  }

  @Test
  @DisplayName("5.4: no mapping is EINVAL, also beyond the last page of all")
  void notMapped() {
    space.map(0, 1);
    space.map(LAST_PAGE, 1);
    refused(Errno.EINVAL, () -> device.pinPages(PAGE, 1, RW));
    refused(Errno.EINVAL, () -> device.pinPages(LAST_PAGE, 2, RW));
    assertThat(space.dma.pinnedPages()).isZero();
    assertThat(device.pinPages(LAST_PAGE, 1, RW)).hasSize(1);
    device.unpinPages(LAST_PAGE, 2);
    assertThat(space.dma.pinnedPages()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"1,2", "1,3", "2,1", "2,3", "3,4", "3,-1"})
  @DisplayName("5.4: what the mapping does not permit is EPERM")
  void permission(int mapped, int wanted) {
    space.map(0, 1, mapped);
    refused(Errno.EPERM, () -> device.pinPages(0, 1, wanted));
  }

  @ParameterizedTest
  @CsvSource({"1,1", "2,2", "3,1", "3,2", "3,3", "1,0"})
  @DisplayName("5.4: what the mapping permits; pages of a read-only mapping are read-only")
  void permitted(int mapped, int wanted) {
    space.map(0, 1, mapped);
    PinnedPage page = device.pinPages(0, 1, wanted).getFirst();
    assertThat(page.segment().isReadOnly()).isEqualTo(mapped == READ);
  }

  @Test
  @DisplayName("5.4: the page: its IOVA, its bytes, an address that the host resolves to them")
  void page() {
    space.map(8 * PAGE, 2, RW, space.memory, 4 * PAGE);

    List<PinnedPage> pages = device.pinPages(8 * PAGE, 2, RW);

    for (int i = 0; i < 2; i++) {
      PinnedPage page = pages.get(i);
      assertThat(page.iova()).isEqualTo((8 + i) * PAGE);
      assertThat(page.segment()).isEqualTo(space.segment.asSlice((4 + i) * PAGE, PAGE));
      assertThat(page.address() % PAGE).isZero();
      assertThat(space.hostMemory().resolve(page.address(), PAGE)).isEqualTo(page.segment());
      refused(Errno.EFAULT, () -> space.hostMemory().resolve(page.address(), PAGE + 1));
    }
  }

  @Test
  @DisplayName("5.4: pins are counted; the address stays till the last unpin, then it is gone")
  void counted() {
    space.map(0, 2);
    DeviceDma other = space.attachGoodDevice();
    PinnedPage page = device.pinPages(0, 1, RW).getFirst();
    assertThat(device.pinPages(0, 2, READ).getFirst()).isEqualTo(page);
    assertThat(other.pinPages(0, 1, WRITE).getFirst()).isEqualTo(page);
    assertThat(space.dma.pinnedPages()).isEqualTo(2);
    assertThat(space.hostMemory().inUse()).isEqualTo(2);

    device.unpinPages(0, 1);
    device.unpinPages(0, 1);
    assertThat(space.hostMemory().resolve(page.address(), PAGE)).isEqualTo(page.segment());
    other.unpinPages(0, 1);

    refused(Errno.EFAULT, () -> space.hostMemory().resolve(page.address(), 1));
    assertThat(space.dma.pinnedPages()).as("page 1").isEqualTo(1);
  }

  @Test
  @DisplayName("5.4: unpinning what is not pinned, or what another device has pinned, does nothing")
  void notPinned() {
    space.map(0, 3);
    DeviceDma other = space.attachGoodDevice();
    device.pinPages(PAGE, 1, RW);
    other.unpinPages(0, 3);
    assertThat(space.dma.pinnedPages()).isEqualTo(1);
    device.unpinPages(0, 3);
    device.unpinPages(0, 3);
    assertThat(space.dma.pinnedPages()).isZero();
  }

  @Test
  @DisplayName("5.4: unpinning stops at the first address without mapping")
  void unpinStops() {
    space.map(0, 1);
    space.map(2 * PAGE, 1);
    device.pinPages(0, 1, RW);
    device.pinPages(2 * PAGE, 1, RW);
    device.unpinPages(0, 3);
    assertThat(space.dma.pinnedPages()).isEqualTo(1);
    device.unpinPages(0, 0);
    device.unpinPages(2 * PAGE, -1);
    assertThat(space.dma.pinnedPages()).isEqualTo(1);
  }

  @Test
  @DisplayName("5.4: all or nothing: a hole, a lacking permission, bad memory undo what was pinned")
  void allOrNothing() {
    space.map(0, 2);
    space.map(3 * PAGE, 2);
    space.map(5 * PAGE, 1, READ);
    space.map(6 * PAGE, 2, RW, space.memory, 63 * PAGE);
    PinnedPage kept = device.pinPages(PAGE, 1, RW).getFirst();

    refused(Errno.EINVAL, () -> device.pinPages(0, 3, RW));
    refused(Errno.EPERM, () -> device.pinPages(3 * PAGE, 3, RW));
    refused(Errno.EFAULT, () -> device.pinPages(6 * PAGE, 2, RW));

    assertThat(space.dma.pinnedPages()).isEqualTo(1);
    assertThat(space.hostMemory().inUse()).isEqualTo(1);
    assertThat(device.pinPages(0, 2, RW).getLast()).isEqualTo(kept);
    assertThat(space.unmap(3 * PAGE, 5 * PAGE)).isEqualTo(5 * PAGE);
  }

  @Test
  @DisplayName(
      "5.4: a device that is closed: EINVAL, unpinning is ignored, its pins are given back")
  void closedDevice() {
    space.map(0, 4);
    DeviceDma other = space.attachGoodDevice();
    PinnedPage page = other.pinPages(0, 1, RW).getFirst();
    device.pinPages(0, 4, RW);
    device.pinPages(0, 2, RW);

    device.close();
    device.close();

    assertThat(space.dma.pinnedPages()).as("the other device's").isEqualTo(1);
    refused(Errno.EINVAL, () -> device.pinPages(0, 1, RW));
    refused(Errno.EINVAL, () -> device.pinPages(0, 513, RW));
    refused(Errno.EINVAL, () -> device.read(0, Space.bytes(0)));
    refused(Errno.EINVAL, () -> device.write(0, Space.bytes(0)));
    device.unpinPages(0, 1);
    assertThat(space.hostMemory().resolve(page.address(), PAGE)).isEqualTo(page.segment());
  }
}
