package org.mdev4j.vfio.dma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.dma.Space.LAST_PAGE;
import static org.mdev4j.vfio.dma.Space.PAGE;
import static org.mdev4j.vfio.dma.Space.RW;
import static org.mdev4j.vfio.dma.Space.bitsOf;
import static org.mdev4j.vfio.dma.Space.refused;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.stream.LongStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.device.errno.Errno;

class DirtyPagesTest {
  private final Space space = Space.v2();
  private final DeviceDma device = space.attachGoodDevice();

  @AfterEach
  void close() {
    space.close();
  }

  private void request(int argsz, int flags) {
    space.dma.dirtyPages(new DirtyPages(argsz, flags, 0, PAGE, Space.bitmap(1)));
  }

  private void touch(long iova) {
    device.write(iova, Space.bytes(1));
  }

  @Test
  @DisplayName("5.5: v1 is EACCES, whatever is asked")
  void v1() {
    try (Space v1 = Space.v1()) {
      refused(Errno.EACCES, v1::startTracking);
      refused(Errno.EACCES, () -> v1.dma.dirtyPages(new DirtyPages(0, -1, 0, 0, null)));
    }
  }

  @ParameterizedTest
  @CsvSource({"7,1", "0,1", "8,0", "8,3", "48,5", "48,6", "48,7", "48,8", "8,9", "47,4", "8,4"})
  @DisplayName("5.5: argsz, and exactly one known flag")
  void header(int argsz, int flags) {
    space.startTracking();
    refused(Errno.EINVAL, () -> request(argsz, flags));
  }

  @ParameterizedTest
  @CsvSource({"0,0", "1,0x1000", "0,1", "0xfff,0x1000", "-4096,0x2000", "0x1000,-4096"})
  @DisplayName("5.5 GET: the range: whole pages, not 0, not wrapping")
  void range(String iova, String size) {
    space.startTracking();
    UserBitmap bitmap = new UserBitmap(PAGE, 64, Arena.ofAuto().allocate(64));
    refused(
        Errno.EINVAL,
        () ->
            space.dma.dirtyPages(
                new DirtyPages(48, DirtyPages.GET, Long.decode(iova), Long.decode(size), bitmap)));
  }

  @ParameterizedTest
  @CsvSource({"65,8,4096", "64,0,4096", "64,0x10000008,4096", "1,8,8192", "1,8,2048", "1,8,0"})
  @DisplayName("5.5 GET: size of the bitmap, size of a page")
  void bitmap(long pages, String size, long pageSize) {
    space.startTracking();
    UserBitmap bitmap = new UserBitmap(pageSize, Long.decode(size), Arena.ofAuto().allocate(64));
    refused(Errno.EINVAL, () -> space.getDirty(0, pages, bitmap));
  }

  @Test
  @DisplayName("5.5 GET: not while tracking is off; STOP forgets")
  void off() {
    space.map(0, 1);
    refused(Errno.EINVAL, () -> space.dirty(0, 1));
    space.startTracking();
    touch(0);
    space.stopTracking();
    refused(Errno.EINVAL, () -> space.dirty(0, 1));
    space.stopTracking();
    space.startTracking();
    assertThat(space.dirty(0, 1)).isEmpty();
  }

  @Test
  @DisplayName("5.5 GET: a range that cuts a mapping is EINVAL and tells nothing")
  void cutting() {
    space.startTracking();
    space.map(0, 2);
    space.map(2 * PAGE, 4);
    touch(2 * PAGE);
    refused(Errno.EINVAL, () -> space.dirty(0, 3));
    refused(Errno.EINVAL, () -> space.dirty(PAGE, 5));
    refused(Errno.EINVAL, () -> space.dirty(3 * PAGE, 1));
    assertThat(space.dirty(0, 64)).containsExactly(2L);
  }

  @Test
  @DisplayName("5.5: what is written while tracking is told once; reads and older writes are not")
  void written() {
    space.map(0, 4);
    touch(0);
    space.startTracking();
    device.read(PAGE, Space.bytes(0));
    touch(2 * PAGE + 5);
    space.startTracking();
    assertThat(space.dirty(0, 4)).as("START is idempotent").containsExactly(2L);
    assertThat(space.dirty(0, 4)).isEmpty();
    device.write(PAGE - 1, Space.bytes(1, 2));
    assertThat(space.dirty(0, 4)).containsExactly(0L, 1L);
  }

  @Test
  @DisplayName("5.5: a mapping made while tracking is tracked")
  void mappedLater() {
    space.startTracking();
    space.map(0, 4);
    touch(3 * PAGE);
    assertThat(space.dirty(0, 4)).containsExactly(3L);
  }

  @Test
  @DisplayName("5.5, 5.4: a pinned page is dirty again and again, until after its unpin")
  void pinned() {
    space.map(0, 4);
    device.pinPages(0, 1, RW);
    space.startTracking();
    device.pinPages(2 * PAGE, 1, DeviceDma.READ);
    assertThat(space.dirty(0, 4)).containsExactly(0L, 2L);
    assertThat(space.dirty(0, 4)).containsExactly(0L, 2L);
    device.unpinPages(0, 4);
    assertThat(space.dirty(0, 4)).containsExactly(0L, 2L);
    assertThat(space.dirty(0, 4)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 62, 63, 64, 65, 127, 128, 129})
  @DisplayName("5.5: mappings of sizes around a word, every page, at every offset around a word")
  void wordBoundaries(int pages) {
    for (int offset : new int[] {0, 1, 31, 62, 63, 64, 65}) {
      long iova = 0x100 * PAGE;
      try (Space fresh = Space.v2()) {
        DeviceDma writer = fresh.dma.attach(null);
        fresh.startTracking();
        fresh.map(iova + offset * PAGE, pages, RW, new Anything(), 0);
        for (int page : new int[] {0, pages / 2, pages - 1}) {
          writer.write(iova + (offset + page) * PAGE, Space.bytes(1));
          assertThat(fresh.dirty(iova, offset + pages)).containsExactly((long) offset + page);
        }
        writer.write(iova + offset * PAGE, Arena.ofAuto().allocate(pages * PAGE));
        assertThat(fresh.dirty(iova, 300))
            .containsExactlyElementsOf(LongStream.range(offset, offset + pages).boxed().toList());
        assertThat(fresh.dirty(iova, 300)).isEmpty();
      }
    }
  }

  @Test
  @DisplayName(
      "5.5: bits are added to the user's: gaps between mappings, and bits set before, stay")
  void gaps() {
    space.startTracking();
    space.map(3 * PAGE, 2);
    space.map(70 * PAGE, 2);
    touch(4 * PAGE);
    touch(70 * PAGE);
    UserBitmap bitmap = Space.bitmap(128);
    bitmap.setBits(0, 1L | 1L << 3 | 1L << 63);
    bitmap.setBits(1, 1L << 40);
    space.getDirty(0, 128, bitmap);
    assertThat(bitsOf(bitmap)).containsExactly(0L, 3L, 4L, 63L, 70L, 104L);
  }

  @Test
  @DisplayName("5.5: up to the last page of the address space")
  void lastPage() {
    space.startTracking();
    space.map(LAST_PAGE - PAGE, 2);
    touch(-1);
    assertThat(space.dirty(LAST_PAGE - 64 * PAGE, 65)).containsExactly(64L);
    touch(-1);
    assertThat(space.dirty(LAST_PAGE - PAGE, 2)).containsExactly(1L);
  }

  @Test
  @DisplayName("5.5: a bitmap that can't be written is EFAULT, and nothing is forgotten")
  void badBitmap() {
    space.startTracking();
    space.map(0, 64);
    touch(PAGE);
    Arena arena = Arena.ofShared();
    UserBitmap closed = new UserBitmap(PAGE, 8, arena.allocate(8));
    arena.close();
    refused(Errno.EFAULT, () -> space.getDirty(0, 64, closed));
    UserBitmap shorter = new UserBitmap(PAGE, 8, Arena.ofAuto().allocate(7));
    refused(Errno.EFAULT, () -> space.getDirty(0, 64, shorter));
    refused(
        Errno.EFAULT,
        () -> space.dma.dirtyPages(new DirtyPages(48, DirtyPages.GET, 0, PAGE, null)));
    assertThat(space.dirty(0, 64)).containsExactly(1L);
  }

  @Test
  @DisplayName("5.5, 5.2.9: START with a mapping of 2^31 pages is EINVAL and tracks nothing")
  void tooLarge() {
    space.map(0, 1L << 31);
    space.map(1L << 44, 1);
    refused(Errno.EINVAL, space::startTracking);
    refused(Errno.EINVAL, () -> space.dirty(1L << 44, 1));
    space.unmap(0, 1L << 43);
    space.startTracking();
  }

  @Test
  @DisplayName("5.5, 5.2.9: a mapping of 2^31-1 pages is tracked to its last page")
  void largest() {
    long pages = (1L << 31) - 1;
    space.startTracking();
    space.map(0, pages, RW, new Anything(), 0);
    touch((pages - 1) * PAGE);
    UserBitmap bitmap = Space.bitmap(pages);
    space.getDirty(0, pages, bitmap);
    long end = bitmap.data().byteSize();
    UserBitmap last = new UserBitmap(PAGE, 8, bitmap.data().asSlice(end - 8));
    assertThat(bitsOf(last)).containsExactly(62L);
  }

  @Test
  @DisplayName("5.3 GET_DIRTY_BITMAP: what was dirty when it went, at its place in the range")
  void unmap() {
    space.startTracking();
    space.map(2 * PAGE, 63);
    space.map(65 * PAGE, 1);
    space.map(66 * PAGE, 1);
    touch(2 * PAGE);
    touch(64 * PAGE);
    touch(65 * PAGE);
    touch(66 * PAGE);
    UserBitmap bitmap = Space.bitmap(65);
    bitmap.setBits(0, 2);
    assertThat(space.unmapTelling(PAGE, 65, bitmap)).isEqualTo(64 * PAGE);
    assertThat(bitsOf(bitmap)).containsExactly(1L, 63L, 64L);
    assertThat(space.dirty(66 * PAGE, 1)).containsExactly(0L);
  }

  @Test
  @DisplayName(
      "5.3 GET_DIRTY_BITMAP: pages that were pinned till the listener was called are dirty")
  void unmapPinned() {
    space.startTracking();
    space.map(0, 4);
    device.pinPages(2 * PAGE, 1, RW);
    assertThat(space.dirty(0, 4)).containsExactly(2L);
    UserBitmap bitmap = Space.bitmap(4);
    assertThat(space.unmapTelling(0, 4, bitmap)).isEqualTo(4 * PAGE);
    assertThat(bitsOf(bitmap)).containsExactly(2L);
  }

  /** Memory of any size that forgets everything. */
  private static final class Anything implements GuestMemory {
    @Override
    public long size() {
      return Long.MAX_VALUE;
    }

    @Override
    public void read(long offset, MemorySegment into) {}

    @Override
    public void write(long offset, MemorySegment from) {}
  }
}
