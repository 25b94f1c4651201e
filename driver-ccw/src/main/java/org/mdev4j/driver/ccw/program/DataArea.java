package org.mdev4j.driver.ccw.program;

import java.lang.foreign.MemorySegment;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.layout.BigEndian;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.dma.DeviceDma;

/**
 * The data area of one CCW in the user's memory, as a list of pages ({@code spec/ccw.md} 3.4). The
 * first byte is somewhere in the first page; the rest follows from the begin of each next one.
 */
final class DataArea {
  private static final long OFFSET = DeviceDma.PAGE_SIZE - 1;

  private final long[] pages;
  private final int offset;

  private DataArea(long[] addresses) {
    offset = (int) (addresses[0] & OFFSET);
    for (int i = 0; i < addresses.length; i++) {
      // The kernel takes no notice of the offset in a later IDAW, and nor do we.
      addresses[i] &= ~OFFSET;
    }
    pages = addresses;
  }

  /**
   * The area of {@code ccw}; a list of IDAWs is read, each of them once.
   *
   * @throws ErrnoException as the memory refuses
   */
  static DataArea of(Ccw ccw, DeviceDma dma) {
    long bytes = Math.max(1, ccw.count());
    long address = Integer.toUnsignedLong(ccw.address());
    if (!ccw.has(Ccw.INDIRECT)) {
      long[] addresses = new long[pageCount(address, bytes)];
      for (int i = 0; i < addresses.length; i++) {
        addresses[i] = i == 0 ? address : (address & ~OFFSET) + (long) i * DeviceDma.PAGE_SIZE;
      }
      return new DataArea(addresses);
    }
    long first = idaws(dma, address, 1)[0];
    long[] addresses = new long[pageCount(first, bytes)];
    addresses[0] = first;
    if (addresses.length > 1) {
      long[] others = idaws(dma, address + Long.BYTES, addresses.length - 1);
      System.arraycopy(others, 0, addresses, 1, others.length);
    }
    return new DataArea(addresses);
  }

  /** Number of pages, at least 1, at most 17. */
  int size() {
    return pages.length;
  }

  /** IOVA of a page. */
  long page(int index) {
    return pages[index];
  }

  /** Offset in page {@code index} of the first byte that belongs to the area. */
  int offset(int index) {
    return index == 0 ? offset : 0;
  }

  private static int pageCount(long first, long bytes) {
    return (int) (((first & OFFSET) + bytes + OFFSET) / DeviceDma.PAGE_SIZE);
  }

  private static long[] idaws(DeviceDma dma, long iova, int count) {
    MemorySegment list = MemorySegment.ofArray(new byte[count * Long.BYTES]);
    dma.read(iova, list);
    long[] idaws = new long[count];
    for (int i = 0; i < count; i++) {
      idaws[i] = BigEndian.doubleword(list, (long) i * Long.BYTES);
    }
    return idaws;
  }
}
