package org.mdev4j.css.layout;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/** Reads and writes big-endian numbers at any alignment. */
public final class BigEndian {
  private static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
  private static final ValueLayout.OfLong LONG =
      ValueLayout.JAVA_LONG_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

  private BigEndian() {}

  /** An unsigned byte. */
  public static int u8(MemorySegment from, long offset) {
    return from.get(ValueLayout.JAVA_BYTE, offset) & 0xFF;
  }

  /** An unsigned halfword. */
  public static int u16(MemorySegment from, long offset) {
    return from.get(SHORT, offset) & 0xFFFF;
  }

  /** A word. */
  public static int word(MemorySegment from, long offset) {
    return from.get(INT, offset);
  }

  /** A doubleword. */
  public static long doubleword(MemorySegment from, long offset) {
    return from.get(LONG, offset);
  }

  /** Stores the low byte of {@code value}. */
  public static void u8(MemorySegment to, long offset, int value) {
    to.set(ValueLayout.JAVA_BYTE, offset, (byte) value);
  }

  /** Stores the low halfword of {@code value}. */
  public static void u16(MemorySegment to, long offset, int value) {
    to.set(SHORT, offset, (short) value);
  }

  /** Stores a word. */
  public static void word(MemorySegment to, long offset, int value) {
    to.set(INT, offset, value);
  }

  /** Stores a doubleword. */
  public static void doubleword(MemorySegment to, long offset, long value) {
    to.set(LONG, offset, value);
  }
}
