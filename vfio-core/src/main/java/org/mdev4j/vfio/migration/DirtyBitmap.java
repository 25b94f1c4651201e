package org.mdev4j.vfio.migration;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * The user's bitmap of a range of DMA addresses ({@code spec/vfio.md} 4.12): bit k of it, counted
 * from the lowest bit of the first byte, is the k-th page from the first address. Bits are only
 * ever set.
 *
 * <p>Immutable but for the user's memory. Not thread-safe: neighbouring bits share a byte.
 */
public final class DirtyBitmap {
  private final DmaRange range;
  private final int pageShift;
  private final MemorySegment bits;

  /**
   * @param iova first address of the range, unsigned
   * @param length bytes of the range, unsigned
   * @param pageSize bytes for which one bit stands, unsigned
   * @param bits where the bitmap is, of {@link #byteSize} or more
   * @throws ErrnoException as {@link #byteSize}; {@code EFAULT} if {@code bits} is too small
   */
  public DirtyBitmap(long iova, long length, long pageSize, MemorySegment bits) {
    long size = byteSize(iova, length, pageSize);
    if (bits.byteSize() < size) {
      throw new ErrnoException(
          Errno.EFAULT, "the bitmap takes " + size + " bytes, not " + bits.byteSize());
    }
    this.range = new DmaRange(iova, length);
    this.pageShift = Long.numberOfTrailingZeros(pageSize);
    this.bits = bits;
  }

  /**
   * Bytes of the bitmap for a range: a bit for each page begun, in whole words of 64.
   *
   * @throws ErrnoException {@code EINVAL} if the page size is no power of two or the range is
   *     empty, {@code EOVERFLOW} if its end is not an address
   */
  public static long byteSize(long iova, long length, long pageSize) {
    DmaRange range = new DmaRange(iova, length);
    if (Long.bitCount(pageSize) != 1) {
      throw new ErrnoException(
          Errno.EINVAL, "page size " + Long.toUnsignedString(pageSize) + " is no power of two");
    }
    if (length == 0) {
      throw new ErrnoException(Errno.EINVAL, "range " + range + " is empty");
    }
    if (range.overflows()) {
      throw new ErrnoException(Errno.EOVERFLOW, "range " + range + " reaches beyond all addresses");
    }
    long lastPage = (length - 1) >>> Long.numberOfTrailingZeros(pageSize);
    return ((lastPage >>> 6) + 1) << 3;
  }

  /** The first address, unsigned. */
  public long iova() {
    return range.iova();
  }

  /** Bytes of the range, unsigned. */
  public long length() {
    return range.length();
  }

  /** Bytes for which one bit stands, a power of two. */
  public long pageSize() {
    return 1L << pageShift;
  }

  /**
   * Says that the device has written there: sets the bit of every page that has a byte of it. What
   * lies outside the range is left out.
   *
   * @param iova first address, unsigned
   * @param length in bytes, unsigned
   */
  public void mark(long iova, long length) {
    if (length == 0) {
      return;
    }
    long first = max(iova, range.iova());
    DmaRange written = new DmaRange(iova, length);
    long last = range.iova() + range.length() - 1;
    if (!written.overflows()) {
      last = min(last, iova + length - 1);
    }
    if (Long.compareUnsigned(first, last) <= 0) {
      setBits((first - range.iova()) >>> pageShift, (last - range.iova()) >>> pageShift);
    }
  }

  /** Sets the bits from {@code first} to {@code last}, both included. */
  private void setBits(long first, long last) {
    long firstByte = first >>> 3;
    long lastByte = last >>> 3;
    int head = 0xff << (first & 7);
    int tail = 0xff >>> (7 - (last & 7));
    if (firstByte == lastByte) {
      setBitsOf(firstByte, head & tail);
      return;
    }
    setBitsOf(firstByte, head);
    bits.asSlice(firstByte + 1, lastByte - firstByte - 1).fill((byte) 0xff);
    setBitsOf(lastByte, tail);
  }

  private void setBitsOf(long offset, int mask) {
    byte old = bits.get(ValueLayout.JAVA_BYTE, offset);
    bits.set(ValueLayout.JAVA_BYTE, offset, (byte) (old | mask));
  }

  private static long max(long a, long b) {
    return Long.compareUnsigned(a, b) >= 0 ? a : b;
  }

  private static long min(long a, long b) {
    return Long.compareUnsigned(a, b) <= 0 ? a : b;
  }
}
