package org.mdev4j.fuse.wire;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * A request: {@code struct fuse_in_header} and a body. It is a view of the buffer that it was read
 * into, and valid until that is used again. Offsets count from the start of the body.
 *
 * <p>All reading is bounds-checked: a body that is too short is refused with {@code EINVAL}.
 */
public final class Request {
  /** Size of {@code struct fuse_in_header}. */
  public static final int HEADER_SIZE = 40;

  private static final int OPCODE = 4;
  private static final int UNIQUE = 8;
  private static final int NODE = 16;

  private final MemorySegment buffer;
  private final int bodySize;

  /**
   * @param length how many bytes of {@code buffer} are the request
   * @throws ErrnoException {@code EINVAL} if that is less than a header
   */
  public Request(MemorySegment buffer, int length) {
    if (length < HEADER_SIZE) {
      throw new ErrnoException(Errno.EINVAL, "a request of " + length + " bytes has no header");
    }
    this.buffer = buffer;
    this.bodySize = length - HEADER_SIZE;
  }

  /** What is asked for; null if this file system doesn't know it. */
  public @Nullable Opcode opcode() {
    return Opcode.of(buffer.get(ValueLayout.JAVA_INT, OPCODE));
  }

  /** Number of the request; its reply carries the same. */
  public long unique() {
    return buffer.get(ValueLayout.JAVA_LONG, UNIQUE);
  }

  /** The node that the request is about. */
  public long node() {
    return buffer.get(ValueLayout.JAVA_LONG, NODE);
  }

  public int bodySize() {
    return bodySize;
  }

  public int getInt(int offset) {
    check(offset, Integer.BYTES);
    return buffer.get(ValueLayout.JAVA_INT_UNALIGNED, HEADER_SIZE + (long) offset);
  }

  public long getLong(int offset) {
    check(offset, Long.BYTES);
    return buffer.get(ValueLayout.JAVA_LONG_UNALIGNED, HEADER_SIZE + (long) offset);
  }

  /** {@code count} bytes. */
  public byte[] getBytes(int offset, int count) {
    check(offset, count);
    byte[] bytes = new byte[count];
    MemorySegment.copy(buffer, ValueLayout.JAVA_BYTE, HEADER_SIZE + (long) offset, bytes, 0, count);
    return bytes;
  }

  /** A file name, which ends with a NUL. */
  public String getName(int offset) {
    check(offset, 0);
    for (int end = offset; end < bodySize; end++) {
      if (buffer.get(ValueLayout.JAVA_BYTE, HEADER_SIZE + (long) end) == 0) {
        return new String(getBytes(offset, end - offset), StandardCharsets.UTF_8);
      }
    }
    throw new ErrnoException(Errno.EINVAL, "a name without an end");
  }

  private void check(int offset, int count) {
    if (offset < 0 || count < 0 || offset > bodySize - count) {
      throw new ErrnoException(
          Errno.EINVAL,
          "a body of " + bodySize + " bytes ends before byte " + ((long) offset + count));
    }
  }
}
