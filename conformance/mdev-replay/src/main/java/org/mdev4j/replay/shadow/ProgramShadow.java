package org.mdev4j.replay.shadow;

import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/**
 * What becomes of a channel program of NOPs, of which it is certain that it ends normally: it needs
 * nothing but its CCWs, and only those that are executed have to be mapped.
 */
public final class ProgramShadow {
  private static final int NOP = 0x03;
  private static final int TIC = 0x08;
  private static final int CHAIN_COMMAND = 0x40;
  private static final int SUPPRESS_LENGTH = 0x20;
  private static final int CCW_SIZE = 8;
  private static final int MOST_CCWS = 256;
  private static final int FORMAT_1 = 0x0080_0000;
  private static final int PATHS = 0x8000;

  private ProgramShadow() {}

  /**
   * The address behind the last CCW.
   *
   * @param orb the ORB that the user wrote, big-endian
   * @return null if it is another kind of program, or some of it is not mapped
   */
  public static @Nullable Long end(ByteBuffer orb, DmaShadow memory) {
    int flags = orb.getInt(4);
    long at = Integer.toUnsignedLong(orb.getInt(8));
    boolean anyPath = (flags & 0xFF00) == 0 || (flags & PATHS) != 0;
    if ((flags & FORMAT_1) == 0 || (flags & 0x0804_007E) != 0 || !anyPath) {
      return null;
    }
    boolean afterTic = true;
    for (int i = 0; i < MOST_CCWS; i++) {
      byte[] bytes = at % CCW_SIZE == 0 ? memory.read(at, CCW_SIZE) : null;
      if (bytes == null) {
        return null;
      }
      ByteBuffer ccw = ByteBuffer.wrap(bytes);
      int command = ccw.get(0) & 0xFF;
      int ccwFlags = ccw.get(1) & 0xFF;
      if (command == TIC && !afterTic && ccwFlags == 0 && ccw.getShort(2) == 0) {
        at = Integer.toUnsignedLong(ccw.getInt(4));
        afterTic = true;
        continue;
      }
      if (command != NOP || (ccwFlags & ~(CHAIN_COMMAND | SUPPRESS_LENGTH)) != 0) {
        return null;
      }
      at += CCW_SIZE;
      afterTic = false;
      if ((ccwFlags & CHAIN_COMMAND) == 0) {
        return at;
      }
    }
    return null;
  }
}
