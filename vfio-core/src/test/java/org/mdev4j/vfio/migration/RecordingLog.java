package org.mdev4j.vfio.migration;

import java.util.ArrayList;
import java.util.List;

/** A DMA log that writes down its calls and has pages of a size of its own. */
final class RecordingLog implements DmaLog {
  final List<String> calls = new ArrayList<>();
  long pageSize = 4096;
  Runnable onCall = () -> {};

  @Override
  public long start(List<DmaRange> ranges, long wanted) {
    calls.add("start " + ranges + " " + wanted);
    onCall.run();
    return pageSize;
  }

  @Override
  public void stop() {
    calls.add("stop");
    onCall.run();
  }

  @Override
  public void report(DirtyBitmap dirty) {
    calls.add("report");
    onCall.run();
    dirty.mark(0x3000, 1);
  }
}
