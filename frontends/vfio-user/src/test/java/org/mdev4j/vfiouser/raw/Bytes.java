package org.mdev4j.vfiouser.raw;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Little-endian bytes, put together field by field. */
public final class Bytes {
  private ByteBuffer buffer = ByteBuffer.allocate(64).order(ByteOrder.LITTLE_ENDIAN);

  private Bytes() {}

  public static Bytes of() {
    return new Bytes();
  }

  /** Fields of 32 bits. */
  public static Bytes ints(long... values) {
    Bytes bytes = of();
    for (long value : values) {
      bytes.u32(value);
    }
    return bytes;
  }

  public Bytes u16(int value) {
    room(2).putShort((short) value);
    return this;
  }

  public Bytes u32(long value) {
    room(4).putInt((int) value);
    return this;
  }

  public Bytes u64(long value) {
    room(8).putLong(value);
    return this;
  }

  public Bytes raw(byte... more) {
    room(more.length).put(more);
    return this;
  }

  public Bytes zeros(int count) {
    return raw(new byte[count]);
  }

  public Bytes text(String text) {
    return raw(text.getBytes(StandardCharsets.UTF_8));
  }

  public byte[] array() {
    return java.util.Arrays.copyOf(buffer.array(), buffer.position());
  }

  private ByteBuffer room(int count) {
    if (buffer.remaining() < count) {
      ByteBuffer larger =
          ByteBuffer.allocate((buffer.position() + count) * 2).order(ByteOrder.LITTLE_ENDIAN);
      larger.put(buffer.flip());
      buffer = larger;
    }
    return buffer;
  }
}
