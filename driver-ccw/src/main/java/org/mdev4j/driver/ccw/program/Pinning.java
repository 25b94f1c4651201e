package org.mdev4j.driver.ccw.program;

import java.util.ArrayList;
import java.util.List;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.dma.DeviceDma;
import org.mdev4j.vfio.dma.PinnedPage;

/**
 * The pages of one data area, pinned until it is closed ({@code spec/ccw.md} 3.6). Pages that
 * follow each other are pinned by one request. Not thread-safe.
 */
final class Pinning implements AutoCloseable {
  /** Whatever the command, as the kernel: the user's mapping must permit both. */
  private static final int PROT = DeviceDma.READ | DeviceDma.WRITE;

  private final DeviceDma dma;
  private final List<Run> runs = new ArrayList<>();
  private final List<PinnedPage> pages = new ArrayList<>();

  private record Run(long iova, int count) {}

  private Pinning(DeviceDma dma) {
    this.dma = dma;
  }

  /**
   * Pins all pages, or none.
   *
   * @throws ErrnoException {@code EINVAL} for a page that is not mapped, {@code EPERM} if it may
   *     not be read and written, {@code ENOMEM}, {@code EFAULT}
   */
  static Pinning of(DataArea area, DeviceDma dma) {
    Pinning pinning = new Pinning(dma);
    try {
      for (int first = 0; first < area.size(); ) {
        int count = 1;
        while (first + count < area.size()
            && area.page(first + count) == area.page(first) + (long) count * DeviceDma.PAGE_SIZE) {
          count++;
        }
        pinning.pin(area.page(first), count);
        first += count;
      }
    } catch (Throwable failure) {
      pinning.close();
      throw failure;
    }
    return pinning;
  }

  /** Host address of page {@code index} of the area. */
  long address(int index) {
    return pages.get(index).address();
  }

  /** Whether a page of it lies in the {@code size} bytes from {@code iova}, both unsigned. */
  boolean touches(long iova, long size) {
    long first = iova & -DeviceDma.PAGE_SIZE;
    long last = iova + size - 1;
    return pages.stream()
        .anyMatch(
            page ->
                Long.compareUnsigned(page.iova(), first) >= 0
                    && Long.compareUnsigned(page.iova(), last) <= 0);
  }

  @Override
  public void close() {
    runs.forEach(run -> dma.unpinPages(run.iova, run.count));
    runs.clear();
  }

  private void pin(long iova, int count) {
    pages.addAll(dma.pinPages(iova, count, PROT));
    runs.add(new Run(iova, count));
  }
}
