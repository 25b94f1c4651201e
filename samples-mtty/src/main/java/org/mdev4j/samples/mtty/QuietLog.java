package org.mdev4j.samples.mtty;

import java.util.List;
import org.mdev4j.vfio.migration.DirtyBitmap;
import org.mdev4j.vfio.migration.DmaLog;
import org.mdev4j.vfio.migration.DmaRange;

/** The log of a card that never writes its user's memory. */
final class QuietLog implements DmaLog {
  @Override
  public long start(List<DmaRange> ranges, long pageSize) {
    return pageSize;
  }

  @Override
  public void stop() {}

  @Override
  public void report(DirtyBitmap dirty) {}
}
