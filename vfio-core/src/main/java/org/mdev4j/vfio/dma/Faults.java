package org.mdev4j.vfio.dma;

import java.lang.foreign.MemorySegment;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/** What is wrong with a user's memory, as {@code EFAULT}. */
final class Faults {
  private Faults() {}

  static void checkBounds(long offset, long length, long size) {
    if (length < 0 || offset < 0 || offset > size || length > size - offset) {
      throw new ErrnoException(
          Errno.EFAULT,
          String.format("%d bytes at 0x%x of memory of 0x%x bytes", length, offset, size));
    }
  }

  static void checkAlive(MemorySegment segment) {
    if (!segment.scope().isAlive()) {
      throw new ErrnoException(Errno.EFAULT, "the user's memory has been closed");
    }
    if (!segment.isAccessibleBy(Thread.currentThread())) {
      throw new ErrnoException(Errno.EFAULT, "the user's memory belongs to another thread");
    }
  }

  /**
   * The refusal for {@code failure}: itself if it is one, else {@code EFAULT}. The JVM reports a
   * segment that was closed as a runtime exception, and a page that its file no longer has as an
   * {@link InternalError}.
   */
  static ErrnoException of(Throwable failure, String what) {
    return failure instanceof ErrnoException refusal
        ? refusal
        : new ErrnoException(Errno.EFAULT, what + " failed: " + failure.getMessage(), failure);
  }
}
