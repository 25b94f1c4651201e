package org.mdev4j.driver.ccw.program;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import org.mdev4j.vfio.dma.DeviceDma;
import org.mdev4j.vfio.dma.PinnedPage;

/** A device's way to memory, with a record of what is pinned by which request. */
final class RecordingDma implements DeviceDma {
  /** Pages pinned by one request. */
  record Run(long iova, int count) {}

  private final DeviceDma behind;
  final List<Run> pinned = new ArrayList<>();

  /** How many requests to pin succeeded. */
  int requests;

  RecordingDma(DeviceDma behind) {
    this.behind = behind;
  }

  @Override
  public List<PinnedPage> pinPages(long iova, int count, int prot) {
    List<PinnedPage> pages = behind.pinPages(iova, count, prot);
    pinned.add(new Run(iova, count));
    requests++;
    return pages;
  }

  @Override
  public void unpinPages(long iova, int count) {
    behind.unpinPages(iova, count);
    if (!pinned.remove(new Run(iova, count))) {
      throw new AssertionError("never pinned: " + new Run(iova, count));
    }
  }

  @Override
  public void read(long iova, MemorySegment into) {
    behind.read(iova, into);
  }

  @Override
  public void write(long iova, MemorySegment from) {
    behind.write(iova, from);
  }

  @Override
  public void close() {
    behind.close();
  }
}
