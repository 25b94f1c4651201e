package org.mdev4j.vfiouser.wire;

import java.lang.foreign.MemorySegment;

/** The 16 bytes in front of every message ({@code spec/vfio-user.md} 1.1). */
public final class Header {
  public static final int SIZE = 16;

  /** The data that one transfer may have, and so the largest message. */
  public static final int MAX_TRANSFER = 1 << 20;

  /** The largest message: data, the 16 bytes that say where it belongs, and this. */
  public static final int MAX_MESSAGE = MAX_TRANSFER + SIZE + 16;

  /** Flags: a reply. */
  public static final int REPLY = 1;

  /** Flags: nobody waits for a reply. */
  public static final int NO_REPLY = 0x10;

  /** Flags: a reply that refuses. */
  public static final int ERROR = 0x20;

  private static final int TYPE = 0xf;
  private static final int ID_AT = 0;
  private static final int COMMAND_AT = 2;
  private static final int SIZE_AT = 4;
  private static final int FLAGS_AT = 8;
  private static final int ERRNO_AT = 12;

  private Header() {}

  /** The type of a received message. */
  public static int type(Message message) {
    return message.flags() & TYPE;
  }

  public static void write(
      MemorySegment message, int id, int command, int size, int flags, int errno) {
    message.set(Wire.U16, ID_AT, (short) id);
    message.set(Wire.U16, COMMAND_AT, (short) command);
    message.set(Wire.U32, SIZE_AT, size);
    message.set(Wire.U32, FLAGS_AT, flags);
    message.set(Wire.U32, ERRNO_AT, errno);
  }

  public static int id(MemorySegment message) {
    return Short.toUnsignedInt(message.get(Wire.U16, ID_AT));
  }

  public static int command(MemorySegment message) {
    return Short.toUnsignedInt(message.get(Wire.U16, COMMAND_AT));
  }

  /** Bytes of the whole message, as it says. */
  public static long size(MemorySegment message) {
    return Integer.toUnsignedLong(message.get(Wire.U32, SIZE_AT));
  }

  public static int flags(MemorySegment message) {
    return message.get(Wire.U32, FLAGS_AT);
  }

  public static int errno(MemorySegment message) {
    return message.get(Wire.U32, ERRNO_AT);
  }

  /** 0 a command, {@link #REPLY} a reply; nothing else is valid. */
  public static int type(MemorySegment message) {
    return flags(message) & TYPE;
  }
}
