package org.mdev4j.css;

import java.lang.foreign.MemorySegment;
import org.mdev4j.css.layout.BigEndian;

/**
 * Subchannel-status word, command mode. 12 bytes.
 *
 * @param word0 bytes 0-3: flags, function, activity and status control, see the constants
 * @param cpa bytes 4-7: channel-program address, usually the last CCW used + 8
 * @param word2 bytes 8-11: device status, subchannel status, residual count
 */
public record Scsw(int word0, int cpa, int word2) {
  /** Bytes of an SCSW. */
  public static final int SIZE = 12;

  /** All zero. */
  public static final Scsw NONE = new Scsw(0, 0, 0);

  /** L: the ESW is of format 0. */
  public static final int ESW_FORMAT_0 = 0x0400_0000;

  /** Deferred condition code, two bits. */
  public static final int DEFERRED_CC = 0x0300_0000;

  /** F: the CCWs were of format 1. */
  public static final int FORMAT_1 = 0x0080_0000;

  /** E: the ECW holds something. */
  public static final int EXTENDED_CONTROL = 0x0002_0000;

  /** N: a path was found not operational. */
  public static final int PATH_NOT_OPERATIONAL = 0x0001_0000;

  /** All functions. */
  public static final int FUNCTIONS = 0x7000;

  public static final int START = 0x4000;
  public static final int HALT = 0x2000;
  public static final int CLEAR = 0x1000;

  /** All activities. */
  public static final int ACTIVITIES = 0x0FE0;

  public static final int RESUME_PENDING = 0x800;
  public static final int START_PENDING = 0x400;
  public static final int HALT_PENDING = 0x200;
  public static final int CLEAR_PENDING = 0x100;
  public static final int SUBCHANNEL_ACTIVE = 0x80;
  public static final int DEVICE_ACTIVE = 0x40;
  public static final int SUSPENDED = 0x20;

  /** All of status control. */
  public static final int STATUS = 0x1F;

  public static final int ALERT = 0x10;
  public static final int INTERMEDIATE = 0x08;
  public static final int PRIMARY = 0x04;
  public static final int SECONDARY = 0x02;
  public static final int PENDING = 0x01;

  /** Subchannel status: a CCW with the PCI flag took control. */
  public static final int PCI = 0x80;

  public static final int INCORRECT_LENGTH = 0x40;
  public static final int PROGRAM_CHECK = 0x20;
  public static final int PROTECTION_CHECK = 0x10;
  public static final int CHANNEL_DATA_CHECK = 0x08;

  /** Reads the SCSW at {@code offset}. */
  public static Scsw readFrom(MemorySegment from, long offset) {
    return new Scsw(
        BigEndian.word(from, offset),
        BigEndian.word(from, offset + 4),
        BigEndian.word(from, offset + 8));
  }

  /** Writes the SCSW at {@code offset}. */
  public void writeTo(MemorySegment to, long offset) {
    BigEndian.word(to, offset, word0);
    BigEndian.word(to, offset + 4, cpa);
    BigEndian.word(to, offset + 8, word2);
  }

  /** Word 2 of its parts. */
  public static int word2(int deviceStatus, int subchannelStatus, int residual) {
    return (deviceStatus & 0xFF) << 24 | (subchannelStatus & 0xFF) << 16 | (residual & 0xFFFF);
  }

  /** Whether any bit of {@code mask} is set in word 0. */
  public boolean has(int mask) {
    return (word0 & mask) != 0;
  }

  /** Deferred condition code, 0 to 3. */
  public int deferredCc() {
    return word0 >>> 24 & 3;
  }

  /** Status control, the low five bits. */
  public int status() {
    return word0 & STATUS;
  }

  /** Byte 8. */
  public int deviceStatus() {
    return word2 >>> 24;
  }

  /** Byte 9. */
  public int subchannelStatus() {
    return word2 >>> 16 & 0xFF;
  }

  /** Bytes 10-11. */
  public int residualCount() {
    return word2 & 0xFFFF;
  }

  /** The same with another channel-program address. */
  public Scsw withCpa(int address) {
    return new Scsw(word0, address, word2);
  }

  @Override
  public String toString() {
    return String.format("SCSW %08X %08X %08X", word0, cpa, word2);
  }
}
