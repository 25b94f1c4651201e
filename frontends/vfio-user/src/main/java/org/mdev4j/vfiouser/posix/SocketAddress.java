package org.mdev4j.vfiouser.posix;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/** {@code struct sockaddr_un}. */
final class SocketAddress {
  private static final int PATH = 2;
  private static final int PATH_SIZE = 108;
  private static final short FAMILY = 1;

  private SocketAddress() {}

  /**
   * @throws ErrnoException {@code ENAMETOOLONG} for a path of more than 107 bytes
   */
  static MemorySegment of(Path path, Arena arena) {
    byte[] bytes = path.toString().getBytes(UTF_8);
    if (bytes.length >= PATH_SIZE) {
      throw new ErrnoException(
          Errno.ENAMETOOLONG,
          "the path of a socket has at most 107 bytes, not " + bytes.length + ": " + path);
    }
    MemorySegment address = arena.allocate(PATH + PATH_SIZE, Long.BYTES);
    address.set(ValueLayout.JAVA_SHORT, 0, FAMILY);
    MemorySegment.copy(bytes, 0, address, ValueLayout.JAVA_BYTE, PATH, bytes.length);
    return address;
  }
}
