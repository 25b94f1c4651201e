package org.mdev4j.vfiouser.posix;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * Memory of somebody else, given as a file. It may be truncated at any time: who accesses the
 * mapping then gets an {@link InternalError}, and the JVM goes on.
 *
 * <p>Only files on file systems of this machine are taken: a page of one that somebody else serves
 * (FUSE, network) could be withheld for ever, and a thread that waits for a page can't be stopped.
 */
public final class ClientFile implements AutoCloseable {
  private static final int READ = 1;
  private static final int READ_WRITE = 3;
  private static final int SHARED = 1;
  private static final long PAGE = 4096;

  /** tmpfs (also memfd), ramfs, hugetlbfs, ext2 to ext4, xfs, btrfs, overlay. */
  private static final Set<Long> FILE_SYSTEMS =
      Set.of(0x01021994L, 0x858458f6L, 0x958458f6L, 0xef53L, 0x58465342L, 0x9123683eL, 0x794c7630L);

  private final Descriptor descriptor;
  private final Arena arena = Arena.ofShared();

  /**
   * @param descriptor taken over, also if it is refused
   * @throws ErrnoException {@code EINVAL} for anything but a regular file of this machine
   */
  public ClientFile(Descriptor descriptor) {
    this.descriptor = descriptor;
    try {
      Path path = Path.of("/proc/self/fd/" + descriptor.number());
      if (!Files.isRegularFile(path)
          || !FILE_SYSTEMS.contains(Libc.fileSystem(descriptor.number()))) {
        throw new ErrnoException(Errno.EINVAL, "the descriptor is no file of memory: " + path);
      }
    } catch (RuntimeException refused) {
      close();
      throw refused;
    }
  }

  /** Which file it is, to be compared with another. */
  public Object identity() {
    try {
      return String.valueOf(
          Files.getAttribute(Path.of("/proc/self/fd/" + descriptor.number()), "unix:dev")
              + ":"
              + Files.getAttribute(Path.of("/proc/self/fd/" + descriptor.number()), "unix:ino"));
    } catch (IOException gone) {
      return this;
    }
  }

  /**
   * Maps a part of it; valid until {@link #close}.
   *
   * @param offset where it begins, not negative; need not be at a page
   * @param size bytes, more than 0
   * @param writable whether it may be written
   * @throws ErrnoException {@code EACCES} if the file was not opened for that, {@code ENOMEM},
   *     {@code EINVAL}
   */
  @SuppressWarnings("restricted") // the segment is exactly what was mapped
  public MemorySegment map(long offset, long size, boolean writable) {
    long start = offset & -PAGE;
    long length = size + (offset - start);
    long address =
        Libc.mmap(length, writable ? READ_WRITE : READ, SHARED, descriptor.number(), start);
    if (address < 0 && address > -PAGE) {
      Errno errno =
          switch ((int) -address) {
            case 1, 13 -> Errno.EACCES;
            case 12 -> Errno.ENOMEM;
            default -> Errno.EINVAL;
          };
      throw new ErrnoException(errno, "can't map " + size + " bytes of a client's file");
    }
    MemorySegment all =
        MemorySegment.ofAddress(address)
            .reinterpret(length, arena, mapped -> Libc.munmap(mapped, length));
    MemorySegment part = all.asSlice(offset - start, size);
    return writable ? part : part.asReadOnly();
  }

  /** Reads all of {@code into}; {@code EFAULT} if the file is shorter. */
  public void read(long offset, MemorySegment into) {
    transfer(offset, into, false);
  }

  /** Writes all of {@code from}. */
  public void write(long offset, MemorySegment from) {
    transfer(offset, from, true);
  }

  private void transfer(long offset, MemorySegment bytes, boolean write) {
    if (bytes.isNative()) {
      transferNative(offset, bytes, write);
      return;
    }
    try (Arena copies = Arena.ofConfined()) {
      MemorySegment copy = copies.allocate(bytes.byteSize());
      if (write) {
        copy.copyFrom(bytes);
      }
      transferNative(offset, copy, write);
      if (!write) {
        bytes.copyFrom(copy);
      }
    }
  }

  private void transferNative(long offset, MemorySegment bytes, boolean write) {
    for (long done = 0; done < bytes.byteSize(); ) {
      MemorySegment rest = bytes.asSlice(done);
      long moved =
          write
              ? Libc.pwrite(descriptor.number(), rest, offset + done)
              : Libc.pread(descriptor.number(), rest, offset + done);
      if (moved == 0 || (moved < 0 && moved != -Libc.EINTR)) {
        throw new ErrnoException(
            Errno.EFAULT, "a client's file does not have " + bytes.byteSize() + " bytes there");
      }
      done += Math.max(0, moved);
    }
  }

  /** Unmaps what was mapped and closes the file. A second close does nothing. */
  @Override
  public void close() {
    if (arena.scope().isAlive()) {
      arena.close();
      descriptor.close();
    }
  }
}
