package org.mdev4j.driver.ccw.device;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.layout.BigEndian;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.dma.DeviceDma;
import org.mdev4j.vfio.dma.PinnedPage;

/**
 * Memory that is mapped everywhere, and holds the same CCW everywhere: it reads 8 bytes.
 *
 * @param pins how many pages are pinned
 */
record CountedPins(AtomicInteger pins) implements DeviceDma {
  private static final MemorySegment PAGE = MemorySegment.ofArray(new byte[PAGE_SIZE]);

  @Override
  public List<PinnedPage> pinPages(long iova, int count, int prot) {
    pins.addAndGet(count);
    List<PinnedPage> pages = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      pages.add(new PinnedPage(iova + (long) i * PAGE_SIZE, 0x1_0000_0000L, PAGE));
    }
    return pages;
  }

  @Override
  public void unpinPages(long iova, int count) {
    pins.addAndGet(-count);
  }

  @Override
  public void read(long iova, MemorySegment into) {
    BigEndian.doubleword(into, 0, new Ccw(0x02, 0, 8, 0x2000).toFormat1());
  }

  @Override
  public void write(long iova, MemorySegment from) {
    throw new ErrnoException(Errno.EFAULT, "nothing is written here");
  }

  @Override
  public void close() {}
}
