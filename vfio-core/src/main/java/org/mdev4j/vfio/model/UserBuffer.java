package org.mdev4j.vfio.model;

import java.lang.foreign.MemorySegment;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * The buffer that a user hands to a read or write. Copying can fail, and may block where a page of
 * it has to arrive first; a model copies when it is ready for both.
 */
public interface UserBuffer {
  /** Size in bytes. */
  long size();

  /**
   * Copies {@code from.byteSize()} bytes into the buffer.
   *
   * @throws ErrnoException {@code EFAULT}
   */
  void copyTo(long offset, MemorySegment from);

  /**
   * Copies {@code into.byteSize()} bytes out of the buffer.
   *
   * @throws ErrnoException {@code EFAULT}
   */
  void copyFrom(long offset, MemorySegment into);

  /** Plain memory. */
  static UserBuffer of(MemorySegment memory) {
    return new UserBuffer() {
      @Override
      public long size() {
        return memory.byteSize();
      }

      @Override
      public void copyTo(long offset, MemorySegment from) {
        MemorySegment.copy(from, 0, memory, offset, from.byteSize());
      }

      @Override
      public void copyFrom(long offset, MemorySegment into) {
        MemorySegment.copy(memory, offset, into, 0, into.byteSize());
      }
    };
  }

  /** A buffer at an address where nothing is. */
  static UserBuffer bad(long size) {
    return new UserBuffer() {
      @Override
      public long size() {
        return size;
      }

      @Override
      public void copyTo(long offset, MemorySegment from) {
        throw fault();
      }

      @Override
      public void copyFrom(long offset, MemorySegment into) {
        throw fault();
      }

      private ErrnoException fault() {
        return new ErrnoException(Errno.EFAULT, "the user's buffer is not accessible");
      }
    };
  }
}
