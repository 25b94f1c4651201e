package org.mdev4j.vfiouser.wire;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A message that is put together and sent: offsets are into the payload, which starts empty.
 *
 * <p>Its memory is used again and again, until it is closed. Not thread-safe.
 */
public final class Reply implements AutoCloseable {
  private final Buffer buffer = new Buffer();
  private int length;
  private int @Nullable [] descriptors;

  /** Starts anew. */
  public void clear() {
    length = 0;
    descriptors = null;
  }

  /**
   * Makes the payload {@code size} bytes long; what they are is to be set.
   *
   * @throws org.mdev4j.device.errno.ErrnoException {@code ENOTCONN} once it is closed
   */
  public void setLength(int size) {
    buffer.room(Header.SIZE + size);
    length = size;
  }

  public int length() {
    return length;
  }

  public void u32(int offset, int value) {
    bytes().set(Wire.U32, Header.SIZE + offset, value);
  }

  public void u64(int offset, long value) {
    bytes().set(Wire.U64, Header.SIZE + offset, value);
  }

  /** Part of the payload, to be filled before the length changes. */
  public MemorySegment data(int offset, int size) {
    return bytes().asSlice(Header.SIZE + (long) offset, size);
  }

  /** Makes the payload the first {@code size} bytes of a message's. */
  public void copy(Message from, int size) {
    setLength(size);
    data(0, size).copyFrom(from.data(0, size));
  }

  /** Sends these along; they stay open here. */
  public void descriptors(int... numbers) {
    descriptors = numbers;
  }

  MemorySegment bytes() {
    return buffer.bytes();
  }

  int @Nullable [] descriptors() {
    return descriptors;
  }

  /** Frees its memory. A second close does nothing. */
  @Override
  public void close() {
    buffer.close();
  }
}
