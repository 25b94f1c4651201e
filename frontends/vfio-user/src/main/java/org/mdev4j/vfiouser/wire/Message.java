package org.mdev4j.vfiouser.wire;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
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
 * <p>Its memory is used again and again. Not thread-safe.
 */
public final class Message {
  private static final int USUAL_SIZE = 4096;

  private final List<Descriptor> descriptors = new ArrayList<>();
  private MemorySegment bytes = Arena.ofAuto().allocate(USUAL_SIZE, Long.BYTES);
  private int size;
  private @Nullable String fault;
  private boolean outOfStep;

  public int id() {
    return Header.id(bytes);
  }

  public int command() {
    return Header.command(bytes);
  }

  public int flags() {
    return Header.flags(bytes);
  }

  /** Bytes of the payload. */
  public int length() {
    return size - Header.SIZE;
  }

  public short u16(int offset) {
    return bytes.get(Wire.U16, at(offset, Short.BYTES));
  }

  public int u32(int offset) {
    return bytes.get(Wire.U32, at(offset, Integer.BYTES));
  }

  /** The same as a number that is not negative. */
  public long unsigned(int offset) {
    return Integer.toUnsignedLong(u32(offset));
  }

  public long u64(int offset) {
    return bytes.get(Wire.U64, at(offset, Long.BYTES));
  }

  /** Part of the payload, valid until the next message is received here. */
  public MemorySegment data(int offset, int length) {
    return bytes.asSlice(at(offset, length), length);
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
    if (wanted > bytes.byteSize()) {
      MemorySegment larger = Arena.ofAuto().allocate(Header.MAX_MESSAGE, Long.BYTES);
      MemorySegment.copy(bytes, 0, larger, 0, bytes.byteSize());
      bytes = larger;
    }
    return bytes;
  }

  void setSize(int received) {
    size = received;
    fault = null;
  }

  void setFault(long saidSize) {
    fault = "a message of " + saidSize + " bytes";
    outOfStep = saidSize > Header.MAX_MESSAGE;
  }

  /** Takes the contents of {@code other}, which gets these. */
  void swap(Message other) {
    MemorySegment otherBytes = other.bytes;
    other.bytes = bytes;
    bytes = otherBytes;
    size = other.size;
    fault = other.fault;
    descriptors.addAll(other.descriptors);
    other.descriptors.clear();
  }

  private int at(int offset, int width) {
    if (offset > length() - width) {
      throw new ErrnoException(
          Errno.EINVAL, "a payload of " + length() + " bytes ends before its fields do");
    }
    return Header.SIZE + offset;
  }
}
