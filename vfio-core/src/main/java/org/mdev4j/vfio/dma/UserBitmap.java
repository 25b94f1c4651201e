package org.mdev4j.vfio.dma;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * Where a user wants to be told which pages are dirty: bit {@code i} of the little-endian 64-bit
 * word {@code j} is page {@code 64j + i} of the range that is asked about. Bits are set, never
 * cleared.
 *
 * @param pageSize bytes of a page, which must be the host's
 * @param size bytes of the bitmap, as the user says
 * @param data the bitmap; {@code EFAULT} if it is not writable or shorter than the range needs
 */
public record UserBitmap(long pageSize, long size, MemorySegment data) {
  /** Size of the structure in bytes. */
  public static final int STRUCTURE_SIZE = 24;

  static final long MAX_SIZE = 256L << 20;

  private static final ValueLayout.OfLong WORD =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  /**
   * @throws ErrnoException {@code EINVAL} unless the user provides for that many pages
   */
  void checkSize(long pages) {
    if (size == 0
        || Long.compareUnsigned(size, MAX_SIZE) > 0
        || Long.compareUnsigned(size, bytesFor(pages)) < 0) {
      throw new ErrnoException(
          Errno.EINVAL,
          "a bitmap of " + Long.toUnsignedString(size) + " bytes for " + pages + " pages");
    }
  }

  /**
   * Checked before a bit is taken from where it is remembered, so that none is lost.
   *
   * @throws ErrnoException {@code EFAULT} if that many pages can't be told
   */
  void checkWritable(long pages) {
    Faults.checkBounds(0, bytesFor(pages), data.byteSize());
    Faults.checkAlive(data);
    if (data.isReadOnly()) {
      throw new ErrnoException(Errno.EFAULT, "the bitmap is read-only");
    }
  }

  void setBits(long word, long bits) {
    try {
      long offset = word * Long.BYTES;
      data.set(WORD, offset, data.get(WORD, offset) | bits);
    } catch (RuntimeException | InternalError failure) {
      throw Faults.of(failure, "write to the dirty bitmap");
    }
  }

  private static long bytesFor(long pages) {
    return ((pages + Long.SIZE - 1) >>> 6) * Long.BYTES;
  }
}
