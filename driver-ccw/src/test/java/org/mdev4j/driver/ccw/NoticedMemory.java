package org.mdev4j.driver.ccw;

import java.lang.foreign.MemorySegment;
import org.mdev4j.vfio.dma.GuestMemory;

/** A user's memory that has something done, which may block, before a page of it is pinned. */
public record NoticedMemory(GuestMemory behind, Runnable beforePin) implements GuestMemory {
  @Override
  public long size() {
    return behind.size();
  }

  @Override
  public MemorySegment pin(long offset, long length) {
    beforePin.run();
    return behind.pin(offset, length);
  }

  @Override
  public void read(long offset, MemorySegment into) {
    behind.read(offset, into);
  }

  @Override
  public void write(long offset, MemorySegment from) {
    behind.write(offset, from);
  }
}
