package org.mdev4j.driver.ccw.program;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.dma.GuestMemory;

/**
 * Memory whose accesses are counted, and of which one can fail, or stand still until it is let go.
 * Used by one thread at a time.
 */
final class FaultyMemory implements GuestMemory {
  private final GuestMemory behind;
  private int accesses;
  private int failing = -1;
  private @Nullable CountDownLatch held;
  final CountDownLatch asked = new CountDownLatch(1);

  FaultyMemory(GuestMemory behind) {
    this.behind = behind;
  }

  /** The access behind {@code count} others fails; -1 for none. The count begins anew. */
  void failAfter(int count) {
    accesses = 0;
    failing = count;
  }

  /** How many accesses there were since {@link #failAfter}. */
  int accesses() {
    return accesses;
  }

  /** The failing access stands still until {@code latch} is counted down, and then succeeds. */
  void holdAt(int count, CountDownLatch latch) {
    failAfter(count);
    held = latch;
  }

  private GuestMemory access() {
    if (accesses++ == failing) {
      CountDownLatch latch = held;
      if (latch == null) {
        throw new ErrnoException(Errno.EFAULT, "the page is poisoned");
      }
      asked.countDown();
      await(latch);
    }
    return behind;
  }

  static void await(CountDownLatch latch) {
    try {
      if (!latch.await(30, TimeUnit.SECONDS)) {
        throw new AssertionError("nobody let it go");
      }
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  @Override
  public long size() {
    return behind.size();
  }

  @Override
  public MemorySegment pin(long offset, long length) {
    return access().pin(offset, length);
  }

  @Override
  public void read(long offset, MemorySegment into) {
    access().read(offset, into);
  }

  @Override
  public void write(long offset, MemorySegment from) {
    access().write(offset, from);
  }
}
