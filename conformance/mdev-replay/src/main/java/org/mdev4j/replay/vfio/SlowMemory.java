package org.mdev4j.replay.vfio;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.dma.GuestMemory;

/**
 * An area of the probe's memory that a slow disk is behind: every page takes its time to arrive
 * when it is pinned or touched for the first time. Pages of one access arrive one after the other.
 *
 * <h2>Thread safety</h2>
 *
 * The monitor guards when each page arrives; waiting gives it up.
 */
public final class SlowMemory implements GuestMemory, AutoCloseable {
  private static final int PAGE = 4096;

  private final MemorySegment segment;
  private final Duration delay;
  private final Map<Long, Long> arrivals = new HashMap<>();
  private boolean closed;

  /**
   * @param size bytes
   * @param delay how long a page takes
   */
  public SlowMemory(int size, Duration delay) {
    segment = MemorySegment.ofArray(new byte[size]);
    this.delay = delay;
  }

  @Override
  public long size() {
    return segment.byteSize();
  }

  @Override
  public MemorySegment pin(long offset, long length) {
    touch(offset, length);
    return segment.asSlice(offset, length);
  }

  @Override
  public void read(long offset, MemorySegment into) {
    touch(offset, into.byteSize());
    MemorySegment.copy(segment, offset, into, 0, into.byteSize());
  }

  @Override
  public void write(long offset, MemorySegment from) {
    touch(offset, from.byteSize());
    MemorySegment.copy(from, 0, segment, offset, from.byteSize());
  }

  private synchronized void touch(long offset, long length) {
    if (offset < 0 || length < 0 || length > size() - offset) {
      throw fault("it ends before that");
    }
    for (long page = offset / PAGE; page * PAGE < offset + length; page++) {
      long arrival = arrivals.computeIfAbsent(page, first -> System.nanoTime() + delay.toNanos());
      long left = arrival - System.nanoTime();
      while (left > 0 && !closed) {
        try {
          // Not 0 milliseconds, which is for ever.
          wait(left / 1_000_000 + 1);
        } catch (InterruptedException interrupted) {
          Thread.currentThread().interrupt();
          throw fault("nobody waits for it any more");
        }
        left = arrival - System.nanoTime();
      }
      if (closed) {
        throw fault("it is gone");
      }
    }
  }

  private static ErrnoException fault(String why) {
    return new ErrnoException(Errno.EFAULT, "slow memory can't be accessed: " + why);
  }

  /** Takes the memory away: whoever waits for a page faults. */
  @Override
  public synchronized void close() {
    closed = true;
    notifyAll();
  }
}
