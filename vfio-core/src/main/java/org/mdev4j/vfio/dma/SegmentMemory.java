package org.mdev4j.vfio.dma;

import java.lang.foreign.MemorySegment;

/** Memory of this process. Thread-safe; contents are as racy as memory is. */
final class SegmentMemory implements GuestMemory {
  private final MemorySegment segment;

  SegmentMemory(MemorySegment segment) {
    this.segment = segment;
  }

  @Override
  public long size() {
    return segment.byteSize();
  }

  @Override
  public MemorySegment pin(long offset, long length) {
    Faults.checkBounds(offset, length, size());
    Faults.checkAlive(segment);
    return segment.asSlice(offset, length);
  }

  @Override
  public void read(long offset, MemorySegment into) {
    Faults.checkBounds(offset, into.byteSize(), size());
    try {
      MemorySegment.copy(segment, offset, into, 0, into.byteSize());
    } catch (RuntimeException | InternalError failure) {
      throw Faults.of(failure, "read of guest memory");
    }
  }

  @Override
  public void write(long offset, MemorySegment from) {
    Faults.checkBounds(offset, from.byteSize(), size());
    try {
      MemorySegment.copy(from, 0, segment, offset, from.byteSize());
    } catch (RuntimeException | InternalError failure) {
      throw Faults.of(failure, "write to guest memory");
    }
  }
}
