package org.mdev4j.vfio.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.migration.Refusal.isRefused;

import java.lang.foreign.MemorySegment;
import java.math.BigInteger;
import java.util.BitSet;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.device.errno.Errno;

@DisplayName("vfio 4.12: the bitmap of a report")
class DirtyBitmapTest {
  private static final long SEED = 4711;
  private static final long PAGE = 4096;
  private static final BigInteger ADDRESSES = BigInteger.ONE.shiftLeft(64);

  @ParameterizedTest
  @CsvSource({"1, 8", "4096, 8", "4097, 8", "258048, 8", "262144, 8", "262145, 16", "266240, 16"})
  @DisplayName("vfio 7: a bit for each page begun, in words of 64 (63, 64, 65 pages)")
  void size(long length, long bytes) {
    assertThat(DirtyBitmap.byteSize(0x5000, length, PAGE)).isEqualTo(bytes);
  }

  @Test
  @DisplayName("vfio 4.12: sizes are unsigned")
  void hugeRange() {
    assertThat(DirtyBitmap.byteSize(0, -1, 1)).isEqualTo(1L << 61);
    assertThat(DirtyBitmap.byteSize(0, -1, Long.MIN_VALUE)).isEqualTo(8);
  }

  @ParameterizedTest
  @ValueSource(longs = {0, 3, 4095, 4097, 0x3000, -1, -4096})
  @DisplayName("vfio 4.12: a page size that is no power of two is EINVAL")
  void pageSize(long pageSize) {
    isRefused(Errno.EINVAL, () -> DirtyBitmap.byteSize(0, 0x10000, pageSize));
  }

  @ParameterizedTest
  @CsvSource({"-4096, 4096", "-1, 1", "1, -1", "-4096, 8192", "-1, -1"})
  @DisplayName("vfio 4.12: iova + length that overflows is EOVERFLOW")
  void overflow(long iova, long length) {
    isRefused(Errno.EOVERFLOW, () -> DirtyBitmap.byteSize(iova, length, PAGE));
  }

  @Test
  @DisplayName("[own] an empty range is EINVAL, a bitmap too small EFAULT")
  void emptyOrSmall() {
    isRefused(Errno.EINVAL, () -> DirtyBitmap.byteSize(0, 0, PAGE));
    MemorySegment seven = MemorySegment.ofArray(new byte[7]);
    isRefused(Errno.EFAULT, () -> new DirtyBitmap(0, PAGE, PAGE, seven));
  }

  @Test
  @DisplayName("vfio 4.12: bit k is page k from iova; other bits stay as they are")
  void bits() {
    byte[] bits = new byte[8];
    bits[7] = 0x55;
    DirtyBitmap dirty = new DirtyBitmap(0x10000, 20 * PAGE, PAGE, MemorySegment.ofArray(bits));
    assertThat(dirty.iova()).isEqualTo(0x10000);
    assertThat(dirty.length()).isEqualTo(20 * PAGE);
    assertThat(dirty.pageSize()).isEqualTo(PAGE);
    dirty.mark(0x10000 + 9 * PAGE, PAGE);
    dirty.mark(0x10fff, 2);
    assertThat(bits).containsExactly(3, 2, 0, 0, 0, 0, 0, 0x55);
  }

  @Test
  @DisplayName("vfio 4.12: against a naive model: only set, only in range, every page touched")
  void likeANaiveModel() {
    Random random = new Random(SEED);
    int marked = 0;
    for (int round = 0; round < 3000; round++) {
      long pageSize = 1L << random.nextInt(3);
      long length = 1 + random.nextInt(200);
      long iova = random.nextBoolean() ? random.nextInt(100) : -length - 1 - random.nextInt(50);
      int size = (int) DirtyBitmap.byteSize(iova, length, pageSize);
      byte[] bits = new byte[size];
      random.nextBytes(bits);
      BitSet expected = BitSet.valueOf(bits);
      DirtyBitmap dirty = new DirtyBitmap(iova, length, pageSize, MemorySegment.ofArray(bits));
      for (int i = 0; i < 3; i++) {
        long at = iova + random.nextInt(300) - 50;
        long count = random.nextInt(10) == 0 ? -random.nextInt(100) : random.nextInt(250);
        dirty.mark(at, count);
        markNaively(expected, iova, length, pageSize, at, count);
      }
      assertThat(BitSet.valueOf(bits)).isEqualTo(expected);
      marked += expected.cardinality();
    }
    assertThat(marked).isGreaterThan(10_000);
  }

  private static void markNaively(
      BitSet bits, long iova, long length, long pageSize, long at, long count) {
    BigInteger begin = unsigned(at);
    BigInteger end = begin.add(unsigned(count)).min(ADDRESSES);
    for (long offset = 0; offset < length; offset++) {
      BigInteger address = unsigned(iova).add(BigInteger.valueOf(offset));
      if (address.compareTo(begin) >= 0 && address.compareTo(end) < 0) {
        bits.set((int) (offset / pageSize));
      }
    }
  }

  private static BigInteger unsigned(long value) {
    return new BigInteger(Long.toUnsignedString(value));
  }
}
