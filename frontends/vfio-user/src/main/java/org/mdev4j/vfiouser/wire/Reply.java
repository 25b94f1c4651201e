package org.mdev4j.vfiouser.wire;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * A message that is put together and sent: offsets are into the payload, which starts empty.
 *
 * <p>Its memory is used again and again. Not thread-safe.
 */
public final class Reply {
  private static final int USUAL_SIZE = 4096;

  private MemorySegment bytes = Arena.ofAuto().allocate(USUAL_SIZE, Long.BYTES);
  private int length;
  private int @Nullable [] descriptors;

  /** Starts anew. */
  public void clear() {
    length = 0;
    descriptors = null;
  }

  /** Makes the payload {@code size} bytes long; what they are is to be set. */
  public void setLength(int size) {
    if (Header.SIZE + size > bytes.byteSize()) {
      MemorySegment larger = Arena.ofAuto().allocate(Header.MAX_MESSAGE, Long.BYTES);
      MemorySegment.copy(bytes, 0, larger, 0, bytes.byteSize());
      bytes = larger;
    }
    length = size;
  }

  public int length() {
    return length;
  }

  public void u32(int offset, int value) {
    bytes.set(Wire.U32, Header.SIZE + offset, value);
  }

  public void u64(int offset, long value) {
    bytes.set(Wire.U64, Header.SIZE + offset, value);
  }

  /** Part of the payload, to be filled. */
  public MemorySegment data(int offset, int size) {
    return bytes.asSlice(Header.SIZE + (long) offset, size);
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
    return bytes;
  }

  int @Nullable [] descriptors() {
    return descriptors;
  }
}
