package org.mdev4j.vfio.dma;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.CountDownLatch;

/** Memory that has to arrive first: every access blocks until it is {@link #arrive there}. */
final class LazyMemory implements GuestMemory {
  private final GuestMemory behind;
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch there = new CountDownLatch(1);

  LazyMemory(GuestMemory behind) {
    this.behind = behind;
  }

  /** Waits until somebody wants it. */
  void awaitAsked() {
    Parallel.await(asked);
  }

  void arrive() {
    there.countDown();
  }

  private GuestMemory arrived() {
    asked.countDown();
    Parallel.await(there);
    return behind;
  }

  @Override
  public long size() {
    return behind.size();
  }

  @Override
  public MemorySegment pin(long offset, long length) {
    return arrived().pin(offset, length);
  }

  @Override
  public void read(long offset, MemorySegment into) {
    arrived().read(offset, into);
  }

  @Override
  public void write(long offset, MemorySegment from) {
    arrived().write(offset, from);
  }
}
