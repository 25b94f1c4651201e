package org.mdev4j.fuse.wire;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.mdev4j.device.errno.Errno;

/**
 * A message to the kernel in the making: {@code struct fuse_out_header}, then a body that is
 * appended to. It lies in a buffer that is used again and again; not thread-safe.
 */
public final class Reply {
  /** Size of {@code struct fuse_out_header}. */
  public static final int HEADER_SIZE = 16;

  private static final int ERROR = 4;
  private static final int UNIQUE = 8;
  private static final byte ZERO = 0;

  private final MemorySegment buffer;
  private int size;

  /** An empty reply that may grow to the size of {@code buffer}. */
  public Reply(MemorySegment buffer) {
    this.buffer = buffer;
    clear();
  }

  /** Drops the body. */
  public void clear() {
    size = HEADER_SIZE;
  }

  /** How many bytes the body has. */
  public int bodySize() {
    return size - HEADER_SIZE;
  }

  /** The first eight bytes of the body: the number of what was looked up or opened. */
  public long firstLong() {
    return buffer.get(ValueLayout.JAVA_LONG, HEADER_SIZE);
  }

  /** How many bytes can be appended. */
  public int room() {
    return (int) buffer.byteSize() - size;
  }

  public Reply putInt(int value) {
    buffer.set(ValueLayout.JAVA_INT_UNALIGNED, size, value);
    size += Integer.BYTES;
    return this;
  }

  public Reply putShort(int value) {
    buffer.set(ValueLayout.JAVA_SHORT_UNALIGNED, size, (short) value);
    size += Short.BYTES;
    return this;
  }

  public Reply putLong(long value) {
    buffer.set(ValueLayout.JAVA_LONG_UNALIGNED, size, value);
    size += Long.BYTES;
    return this;
  }

  public Reply putBytes(byte[] bytes) {
    MemorySegment.copy(bytes, 0, buffer, ValueLayout.JAVA_BYTE, size, bytes.length);
    size += bytes.length;
    return this;
  }

  public Reply putZeros(int count) {
    buffer.asSlice(size, count).fill(ZERO);
    size += count;
    return this;
  }

  /** Makes it a success that answers the request {@code unique}. */
  public Reply succeed(long unique) {
    return head(0, unique);
  }

  /** Makes it a failure, without a body. */
  public Reply fail(Errno errno, long unique) {
    clear();
    return head(-errno.number(), unique);
  }

  /** Makes it a message that answers nothing, but tells something. */
  public Reply notification(int code) {
    return head(code, 0);
  }

  private Reply head(int error, long unique) {
    buffer.set(ValueLayout.JAVA_INT, 0, size);
    buffer.set(ValueLayout.JAVA_INT, ERROR, error);
    buffer.set(ValueLayout.JAVA_LONG, UNIQUE, unique);
    return this;
  }

  /** The buffer, of which the first {@link #size()} bytes are the message. */
  public MemorySegment bytes() {
    return buffer;
  }

  /** Size of header and body. */
  public int size() {
    return size;
  }
}
