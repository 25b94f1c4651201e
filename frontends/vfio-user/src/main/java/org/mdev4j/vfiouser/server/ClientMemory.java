package org.mdev4j.vfiouser.server;

import java.lang.foreign.MemorySegment;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.dma.GuestMemory;
import org.mdev4j.vfiouser.posix.ClientFile;

/** Guest memory that is not in this process: it can be copied, but not pinned. Thread-safe. */
sealed interface ClientMemory extends GuestMemory {
  /** Memory of the client, reached by messages; {@code iova} is what the client knows it by. */
  record Remote(RemoteCalls calls, long iova, long size) implements ClientMemory {
    @Override
    public void read(long offset, MemorySegment into) {
      checkBounds(offset, into.byteSize(), size);
      calls.read(iova + offset, into);
    }

    @Override
    public void write(long offset, MemorySegment from) {
      checkBounds(offset, from.byteSize(), size);
      calls.write(iova + offset, from);
    }
  }

  /** A part of a file, read and written as a file. */
  record InFile(ClientFile file, long start, long size) implements ClientMemory {
    @Override
    public void read(long offset, MemorySegment into) {
      checkBounds(offset, into.byteSize(), size);
      file.read(start + offset, into);
    }

    @Override
    public void write(long offset, MemorySegment from) {
      checkBounds(offset, from.byteSize(), size);
      file.write(start + offset, from);
    }
  }

  private static void checkBounds(long offset, long length, long size) {
    if (offset < 0 || offset > size || length > size - offset) {
      throw new ErrnoException(
          Errno.EFAULT, "%d bytes at 0x%x of 0x%x".formatted(length, offset, size));
    }
  }
}
