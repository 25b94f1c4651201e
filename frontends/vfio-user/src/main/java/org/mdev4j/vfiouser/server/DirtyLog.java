package org.mdev4j.vfiouser.server;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.dma.DirtyPages;
import org.mdev4j.vfio.dma.DmaSpace;
import org.mdev4j.vfio.dma.UserBitmap;
import org.mdev4j.vfiouser.wire.Header;

/**
 * Which pages of the client's memory the device has written ({@code spec/vfio-user.md} 3.9,
 * features 6 to 8). The address space knows, in pages of 4096 bytes; this tells it in the client's.
 *
 * <p>Used by the session's thread only.
 */
final class DirtyLog {
  private static final int SHIFT = 12;
  private static final int HOST_PAGE = 1 << SHIFT;

  private final DmaSpace space;
  private final ServerLimits limits;
  private long pageSize;

  DirtyLog(DmaSpace space, ServerLimits limits) {
    this.space = space;
    this.limits = limits;
  }

  /**
   * Starts to log.
   *
   * @param wanted bytes of a page
   * @param total bytes that are mapped now
   * @throws ErrnoException {@code EINVAL} for no power of two, or another size than before; {@code
   *     ENOSPC} for more memory than is logged
   */
  void start(long wanted, long total) {
    if (Long.bitCount(wanted) != 1 || (pageSize != 0 && pageSize != wanted)) {
      throw new ErrnoException(
          Errno.EINVAL,
          "a log of pages of %s bytes; those now are %d"
              .formatted(Long.toUnsignedString(wanted), pageSize));
    }
    if (pageSize == 0) {
      checkSize(total);
      space.dirtyPages(new DirtyPages(DirtyPages.SIZE, DirtyPages.START, 0, 0, null));
      pageSize = wanted;
    }
  }

  void stop() {
    pageSize = 0;
    space.dirtyPages(new DirtyPages(DirtyPages.SIZE, DirtyPages.STOP, 0, 0, null));
  }

  /**
   * @throws ErrnoException {@code ENOSPC} if so many bytes can't be mapped while the log is on
   */
  void checkRoom(long total) {
    if (pageSize != 0) {
      checkSize(total);
    }
  }

  private void checkSize(long total) {
    if (total < 0 || total > limits.loggedMemory()) {
      throw new ErrnoException(Errno.ENOSPC, "too much memory to log: " + total + " bytes");
    }
  }

  /**
   * Bytes of a bitmap: a bit for each page begun, in whole words.
   *
   * @throws ErrnoException {@code EINVAL} if there is no such bitmap, or it fits into no reply
   */
  static long bitmapSize(long length, long page) {
    if (page == 0 || Long.compareUnsigned(page, length) > 0) {
      throw new ErrnoException(
          Errno.EINVAL,
          "pages of %s bytes in %s"
              .formatted(Long.toUnsignedString(page), Long.toUnsignedString(length)));
    }
    long pages = Long.divideUnsigned(length - 1, page) + 1;
    long size = (((pages - 1) >>> 6) + 1) << 3;
    if (Long.compareUnsigned(pages, (long) Header.MAX_TRANSFER << 3) > 0
        || size > Header.MAX_TRANSFER - HOST_PAGE) {
      throw new ErrnoException(
          Errno.EINVAL, Long.toUnsignedString(pages) + " pages are more than a reply tells");
    }
    return size;
  }

  /**
   * @throws ErrnoException {@code EINVAL} if a report of a region can't be made
   */
  void checkReport(GuestRegion region, long page) {
    if (pageSize == 0) {
      throw new ErrnoException(Errno.EINVAL, "dirty pages are not logged");
    }
    if (Long.bitCount(page) != 1) {
      throw new ErrnoException(Errno.EINVAL, "a page size that is no power of two: " + page);
    }
    if (region.file() == null) {
      throw new ErrnoException(Errno.EINVAL, "memory without a file is not logged");
    }
  }

  /**
   * Tells which pages are dirty, from the region's start, and forgets those.
   *
   * @param page bytes for which one bit stands
   * @param bitmap as many as are asked for, also beyond what was asked about, up to the last word
   */
  void report(GuestRegion region, long page, MemorySegment bitmap) {
    collect(region);
    bitmap.fill((byte) 0);
    long bits = bitmap.byteSize() << 3;
    int told =
        page > Long.MAX_VALUE / bits
            ? Integer.MAX_VALUE
            : (int) Math.min(Integer.MAX_VALUE, (bits * page + HOST_PAGE - 1) >>> SHIFT);
    BitSet dirty = region.dirty();
    for (int i = dirty.nextSetBit(0); i >= 0 && i < told; i = dirty.nextSetBit(i + 1)) {
      // What is logged is the page of the log that it is in.
      long first = ((long) i << SHIFT) / pageSize * pageSize;
      long last = Math.max(first + pageSize, (i + 1L) << SHIFT) - 1;
      long end = Math.min(Math.min(last, region.size() - 1) / page, bits - 1);
      for (long bit = first / page; bit <= end; bit++) {
        long at = bit >>> 3;
        byte old = bitmap.get(ValueLayout.JAVA_BYTE, at);
        bitmap.set(ValueLayout.JAVA_BYTE, at, (byte) (old | (1 << (bit & 7))));
      }
    }
    dirty.clear(0, told);
  }

  /** Takes what the address space has logged; it is asked for whole regions only. */
  private void collect(GuestRegion region) {
    long pages = region.size() >>> SHIFT;
    long[] words = new long[(int) ((pages + Long.SIZE - 1) >>> 6)];
    UserBitmap bitmap =
        new UserBitmap(HOST_PAGE, (long) words.length << 3, MemorySegment.ofArray(words));
    space.dirtyPages(
        new DirtyPages(GET_SIZE, DirtyPages.GET, region.iova(), region.size(), bitmap));
    region.dirty().or(BitSet.valueOf(words));
  }

  private static final int GET_SIZE = 48;
}
