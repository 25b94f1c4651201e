package org.mdev4j.vfio.dma;

import java.lang.foreign.MemorySegment;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * Memory that a user maps by IOVA: a segment ({@link #of}), or memory elsewhere that can only be
 * copied from and to (a remote user that gave no file).
 *
 * <h2>Thread safety</h2>
 *
 * Implementations are called from any thread, several at once, without any lock. Every method may
 * block. While one blocks, only those wait that unmap the same mapping or close the device that
 * pins or copies. An implementation must not unmap its own mapping, and must let blocked calls fail
 * when its memory goes away.
 */
public interface GuestMemory {
  /** Size in bytes. */
  long size();

  /**
   * Returns the bytes themselves, for hardware to work on until they are unpinned. Not called for a
   * page that is pinned already: the answer of its first pin stays in use.
   *
   * @return exactly {@code length} bytes
   * @throws ErrnoException {@code EFAULT} if they are not all there, or not in this process
   */
  default MemorySegment pin(long offset, long length) {
    throw new ErrnoException(Errno.EFAULT, "the memory is remote: it can't be pinned, only copied");
  }

  /**
   * Copies {@code into.byteSize()} bytes out of this memory.
   *
   * @throws ErrnoException {@code EFAULT} if they are not all there
   */
  void read(long offset, MemorySegment into);

  /**
   * Copies {@code from.byteSize()} bytes into this memory.
   *
   * @throws ErrnoException {@code EFAULT} if they are not all there or can't be written
   */
  void write(long offset, MemorySegment from);

  /**
   * Memory of this process.
   *
   * @param segment accessible from every thread. It may be closed, or the file behind it truncated,
   *     at any time: copies then fail with {@code EFAULT}
   */
  static GuestMemory of(MemorySegment segment) {
    return new SegmentMemory(segment);
  }
}
