package org.mdev4j.vfiouser.raw;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * A message from the server.
 *
 * @param payload what follows the header
 * @param descriptors what came along, the test's to close
 */
public record Answer(
    int id, int command, int flags, int errno, byte[] payload, List<Integer> descriptors) {
  public boolean isError() {
    return (flags & 0x20) != 0;
  }

  public int u32(int offset) {
    return buffer().getInt(offset);
  }

  public long u64(int offset) {
    return buffer().getLong(offset);
  }

  public int u16(int offset) {
    return Short.toUnsignedInt(buffer().getShort(offset));
  }

  public byte[] from(int offset) {
    return java.util.Arrays.copyOfRange(payload, offset, payload.length);
  }

  public String text(int offset) {
    return new String(
        payload, offset, payload.length - offset, java.nio.charset.StandardCharsets.UTF_8);
  }

  private ByteBuffer buffer() {
    return ByteBuffer.wrap(payload).order(ByteOrder.LITTLE_ENDIAN);
  }
}
