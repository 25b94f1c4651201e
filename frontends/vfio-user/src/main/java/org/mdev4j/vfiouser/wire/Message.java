package org.mdev4j.vfiouser.wire;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfiouser.posix.Descriptor;

/**
 * A received message: header, payload, and the descriptors that came with it. Offsets are into the
 * payload; an access outside of it is {@code EINVAL}.
 *
 * <p>Its memory is used again and again, until it is closed. Not thread-safe.
 */
public final class Message implements AutoCloseable {
  private final List<Descriptor> descriptors = new ArrayList<>();
  private Buffer buffer = new Buffer();
  private int size;
  private @Nullable String fault;
  private boolean outOfStep;

  public int id() {
    return Header.id(bytes());
  }

  public int command() {
    return Header.command(bytes());
  }

  public int flags() {
    return Header.flags(bytes());
  }

  /** Bytes of the payload. */
  public int length() {
    return size - Header.SIZE;
  }

  public short u16(int offset) {
    return bytes().get(Wire.U16, at(offset, Short.BYTES));
  }

  public int u32(int offset) {
    return bytes().get(Wire.U32, at(offset, Integer.BYTES));
  }

  /** The same as a number that is not negative. */
  public long unsigned(int offset) {
    return Integer.toUnsignedLong(u32(offset));
  }

  public long u64(int offset) {
    return bytes().get(Wire.U64, at(offset, Long.BYTES));
  }

  /** Part of the payload, valid until the next message is received here. */
  public MemorySegment data(int offset, int length) {
    return bytes().asSlice(at(offset, length), length);
  }

  /**
   * The payload has at least so many bytes.
   *
   * @throws ErrnoException {@code EINVAL}
   */
  public void require(int least) {
    if (length() < least) {
      throw new ErrnoException(
          Errno.EINVAL, "a payload of " + length() + " bytes, " + least + " are needed");
    }
  }

  /** What is wrong with the size in the header, or null; only the header is there then. */
  public @Nullable String fault() {
    return fault;
  }

  /** Whether what follows a message with a {@link #fault} can't be made out. */
  public boolean isOutOfStep() {
    return fault != null && outOfStep;
  }

  /** What came along, in order. What is not taken is closed once the message is done with. */
  public List<Descriptor> descriptors() {
    return descriptors;
  }

  /** Closes descriptors that nobody took. */
  public void closeDescriptors() {
    if (!descriptors.isEmpty()) {
      descriptors.forEach(Descriptor::close);
      descriptors.clear();
    }
  }

  /** The memory to receive into, with room for {@code wanted} bytes; what is there stays. */
  MemorySegment room(int wanted) {
    return buffer.room(wanted);
  }

  private MemorySegment bytes() {
    return buffer.bytes();
  }

  /**
   * Believes the size in the header, if such a message can be: one that is smaller than a header,
   * or larger than any may be, is its header and has a {@link #fault}.
   */
  void settle() {
    long said = Header.size(bytes());
    boolean right = said >= Header.SIZE && said <= Header.MAX_MESSAGE;
    size = right ? (int) said : Header.SIZE;
    fault = right ? null : "a message of " + said + " bytes";
    outOfStep = said > Header.MAX_MESSAGE;
  }

  /** Bytes of the whole message. */
  int size() {
    return size;
  }

  /** The whole message on the heap, for {@link #restore}. */
  MemorySegment copy() {
    return MemorySegment.ofArray(bytes().asSlice(0, size).toArray(ValueLayout.JAVA_BYTE));
  }

  /** Becomes the message of which this is a {@link #copy}, with its descriptors. */
  void restore(MemorySegment copy, List<Descriptor> its) {
    MemorySegment.copy(copy, 0, room((int) copy.byteSize()), 0, copy.byteSize());
    settle();
    closeDescriptors();
    descriptors.addAll(its);
  }

  /** Takes the contents of {@code other}, which gets these. */
  void swap(Message other) {
    Buffer otherBuffer = other.buffer;
    other.buffer = buffer;
    buffer = otherBuffer;
    size = other.size;
    fault = other.fault;
    outOfStep = other.outOfStep;
    descriptors.addAll(other.descriptors);
    other.descriptors.clear();
  }

  private int at(int offset, int width) {
    if (offset < 0 || offset > length() - width) {
      throw new ErrnoException(
          Errno.EINVAL, "a payload of " + length() + " bytes ends before its fields do");
    }
    return Header.SIZE + offset;
  }

  /** Frees its memory and closes descriptors that nobody took. A second close does nothing. */
  @Override
  public void close() {
    closeDescriptors();
    buffer.close();
  }
}
