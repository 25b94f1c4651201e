package org.mdev4j.vfio.dma;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.dma.Space.LAST_PAGE;
import static org.mdev4j.vfio.dma.Space.PAGE;
import static org.mdev4j.vfio.dma.Space.refused;

import java.lang.foreign.Arena;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.device.errno.Errno;

class DmaUnmapTest {
  private final Space space = Space.v2();
  private final Space v1 = Space.v1();

  @AfterEach
  void close() {
    space.close();
    v1.close();
  }

  private void unmap(int argsz, int flags, long iova, long size) {
    space.dma.unmap(new DmaUnmap(argsz, flags, iova, size, Space.bitmap(64)));
  }

  @ParameterizedTest
  @CsvSource({"23,0", "0,0", "24,8", "24,0x100", "48,3", "48,5", "48,7", "47,1", "24,1"})
  @DisplayName("5.3.1: argsz and flags")
  void header(int argsz, String flags) {
    space.startTracking();
    refused(Errno.EINVAL, () -> unmap(argsz, Integer.decode(flags), 0, PAGE));
  }

  @ParameterizedTest
  @CsvSource({"64,0", "64,7", "65,8", "64,0x10000001", "64,-8", "128,15"})
  @DisplayName("5.3.1: size of the bitmap")
  void bitmapSize(long pages, String size) {
    space.startTracking();
    UserBitmap bitmap = new UserBitmap(PAGE, Long.decode(size), Arena.ofAuto().allocate(1024));
    refused(Errno.EINVAL, () -> space.unmapTelling(0, pages, bitmap));
  }

  @ParameterizedTest
  @CsvSource({"63,8", "64,8", "65,16", "1,0x10000000"})
  @DisplayName("5.3.1: a bitmap that is just large enough, or as large as it may be")
  void bitmapSizeFits(long pages, String size) {
    space.startTracking();
    UserBitmap bitmap = new UserBitmap(PAGE, Long.decode(size), Arena.ofAuto().allocate(16));
    assertThat(space.unmapTelling(0, pages, bitmap)).isZero();
  }

  @Test
  @DisplayName("5.3.2: VADDR is EBUSY: emulated devices need the memory")
  void vaddr() {
    refused(Errno.EBUSY, () -> unmap(24, DmaUnmap.VADDR, 1, 0));
    refused(Errno.EBUSY, () -> unmap(24, DmaUnmap.VADDR | DmaUnmap.ALL, 1, 1));
  }

  @ParameterizedTest
  @CsvSource({
    "0,1,0x1000",
    "0,0,0",
    "0,0,100",
    "0,0x1000,0x1001",
    "0,0xfffffffffffff000,0x2000",
    "2,0x1000,0",
    "2,0,0x1000"
  })
  @DisplayName("5.3.3: the range: whole pages, not 0, not wrapping; ALL with 0 and 0")
  void range(int flags, String iova, String size) {
    refused(
        Errno.EINVAL,
        () -> unmap(24, flags, Long.parseUnsignedLong(hex(iova), 16), Long.decode(size)));
  }

  private static String hex(String number) {
    return number.startsWith("0x") ? number.substring(2) : number;
  }

  @Test
  @DisplayName("5.3.4: GET_DIRTY_BITMAP needs tracking and the page size")
  void tracking() {
    space.map(0, 1);
    refused(Errno.EINVAL, () -> space.unmapTelling(0, 1, Space.bitmap(1)));
    space.startTracking();
    UserBitmap odd = new UserBitmap(2 * PAGE, 8, Arena.ofAuto().allocate(8));
    refused(Errno.EINVAL, () -> space.unmapTelling(0, 1, odd));
    assertThat(space.unmapTelling(0, 1, Space.bitmap(1))).isEqualTo(PAGE);
  }

  @Test
  @DisplayName("5.3.5: v2 cuts no mapping: EINVAL and nothing is unmapped")
  void bisecting() {
    space.map(2 * PAGE, 1);
    space.map(4 * PAGE, 4);
    refused(Errno.EINVAL, () -> space.unmap(5 * PAGE, 3 * PAGE));
    refused(Errno.EINVAL, () -> space.unmap(4 * PAGE, 3 * PAGE));
    refused(Errno.EINVAL, () -> space.unmap(5 * PAGE, PAGE));
    refused(Errno.EINVAL, () -> space.unmap(0, 5 * PAGE));
    assertThat(space.dma.available()).isEqualTo(Space.LIMIT - 2);
    assertThat(space.unmap(3 * PAGE, 6 * PAGE)).isEqualTo(4 * PAGE);
  }

  @Test
  @DisplayName("5.3.5: v1: a range that begins inside a mapping takes nothing, 0")
  void v1Inside() {
    v1.map(4 * PAGE, 4);
    v1.map(8 * PAGE, 1);
    assertThat(v1.unmap(5 * PAGE, PAGE)).isZero();
    assertThat(v1.unmap(5 * PAGE, 10 * PAGE)).isZero();
    assertThat(v1.dma.available()).isEqualTo(Space.LIMIT - 2);
  }

  @Test
  @DisplayName("5.3.5: v1: a range that covers a mapping's start takes the whole mapping")
  void v1Start() {
    v1.map(4 * PAGE, 4);
    v1.map(8 * PAGE, 4);
    assertThat(v1.unmap(0, 5 * PAGE)).isEqualTo(4 * PAGE);
    assertThat(v1.unmap(8 * PAGE, PAGE)).isEqualTo(4 * PAGE);
    assertThat(v1.dma.available()).isEqualTo(Space.LIMIT);
  }

  @Test
  @DisplayName("5.3.6, 5.3.7: every mapping in the range; the bytes; 0 if there is none")
  void bytes() {
    space.map(2 * PAGE, 1);
    space.map(4 * PAGE, 4);
    space.map(8 * PAGE, 1);
    assertThat(space.unmap(0, 8 * PAGE)).isEqualTo(5 * PAGE);
    assertThat(space.unmap(0, 8 * PAGE)).isZero();
    assertThat(space.unmap(8 * PAGE, -8 * PAGE)).isEqualTo(PAGE);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, DmaUnmap.ALL})
  @DisplayName("5.3.7: a mapping that ends at 2^64 is found and unmapped")
  void lastPage(int flags) {
    space.map(LAST_PAGE, 1);
    refused(Errno.EEXIST, () -> space.map(LAST_PAGE, 1));
    boolean all = flags == DmaUnmap.ALL;
    assertThat(all ? space.unmapAll() : space.unmap(LAST_PAGE, PAGE)).isEqualTo(PAGE);
    assertThat(space.unmap(LAST_PAGE, PAGE)).isZero();
    assertThat(space.dma.available()).isEqualTo(Space.LIMIT);
  }

  @Test
  @DisplayName("5.3.7: ALL is honest, unsigned, on v1 too")
  void all() {
    for (Space each : new Space[] {space, v1}) {
      each.map(0, 1);
      each.map(Long.MIN_VALUE - PAGE, 2);
      each.map(LAST_PAGE - 2 * PAGE, 3);
      assertThat(each.unmapAll()).isEqualTo(6 * PAGE);
      assertThat(each.unmapAll()).isZero();
      assertThat(each.dma.available()).isEqualTo(Space.LIMIT);
    }
  }

  @Test
  @DisplayName("5.3.7: a mapping of nearly everything, in unsigned bytes")
  void huge() {
    space.map(PAGE, -1L >>> 12);
    refused(Errno.EINVAL, () -> space.unmap(0, LAST_PAGE));
    assertThat(space.unmap(PAGE, -PAGE)).isEqualTo(-PAGE);
  }

  @Test
  @DisplayName("5.3: a bitmap that can't be written is EFAULT, and the mapping stays")
  void badBitmap() {
    space.startTracking();
    space.map(0, 65);
    UserBitmap tooShort = new UserBitmap(PAGE, 16, Arena.ofAuto().allocate(8));
    refused(Errno.EFAULT, () -> space.unmapTelling(0, 65, tooShort));
    UserBitmap readOnly = new UserBitmap(PAGE, 16, Arena.ofAuto().allocate(16).asReadOnly());
    refused(Errno.EFAULT, () -> space.unmapTelling(0, 65, readOnly));
    refused(
        Errno.EFAULT,
        () -> space.dma.unmap(new DmaUnmap(48, DmaUnmap.GET_DIRTY_BITMAP, 0, PAGE, null)));
    assertThat(space.dma.available()).isEqualTo(Space.LIMIT - 1);
  }
}
