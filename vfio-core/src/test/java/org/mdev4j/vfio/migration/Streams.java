package org.mdev4j.vfio.migration;

import static org.mdev4j.vfio.migration.Refusal.isRefused;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/** Reads and writes data files as arrays. */
final class Streams {
  private Streams() {}

  /** What one read of up to {@code limit} bytes gives. */
  static byte[] read(DataFile file, int limit) {
    byte[] bytes = new byte[limit];
    int count = (int) file.read(MemorySegment.ofArray(bytes));
    return java.util.Arrays.copyOf(bytes, count);
  }

  static void write(DataFile file, byte[] bytes) {
    file.write(MemorySegment.ofArray(bytes));
  }

  static byte[] bytes(MemorySegment segment) {
    return segment.toArray(ValueLayout.JAVA_BYTE);
  }

  /** The data file that there must be. */
  static DataFile some(@Nullable DataFile file) {
    return Objects.requireNonNull(file, "no session began");
  }

  /** Asserts that the session of {@code file} has ended: it is ENODEV either way. */
  static void isOver(DataFile file) {
    isRefused(Errno.ENODEV, () -> readOrWrite(file));
  }

  private static void readOrWrite(DataFile file) {
    try {
      read(file, 1);
    } catch (ErrnoException refusal) {
      if (refusal.errno() != Errno.EBADF) {
        throw refusal;
      }
      write(file, new byte[1]);
    }
  }
}
