package org.mdev4j.css;

/**
 * Channel-command word, without its format.
 *
 * @param command command code
 * @param flags see the constants
 * @param count bytes to move
 * @param address data address, address of an IDAL, or target of a TIC
 */
public record Ccw(int command, int flags, int count, int address) {
  /** Bytes of a CCW. */
  public static final int SIZE = 8;

  /** CD: the next CCW goes on with this one's data. */
  public static final int CHAIN_DATA = 0x80;

  /** CC: the next CCW is executed after this one. */
  public static final int CHAIN_COMMAND = 0x40;

  /** SLI: incorrect length is not reported. */
  public static final int SUPPRESS_LENGTH = 0x20;

  /** SKIP: input is not stored. */
  public static final int SKIP = 0x10;

  /** PCI: an interrupt when this CCW takes control. */
  public static final int PCI = 0x08;

  /** IDA: the address is that of a list of data addresses. */
  public static final int INDIRECT = 0x04;

  /** S: suspend before this CCW. */
  public static final int SUSPEND = 0x02;

  /** MIDA: the address is that of a list of modified data addresses. */
  public static final int MODIFIED_INDIRECT = 0x01;

  /** Transfer in channel. */
  public static final int TIC = 0x08;

  /** Format 0: command at 0, address at 1-3, flags at 4, count at 6-7. Big-endian doubleword. */
  public static Ccw format0(long bytes) {
    return new Ccw(
        (int) (bytes >>> 56),
        (int) (bytes >>> 24) & 0xFF,
        (int) bytes & 0xFFFF,
        (int) (bytes >>> 32) & 0xFF_FFFF);
  }

  /** Format 1: command at 0, flags at 1, count at 2-3, address at 4-7. Big-endian doubleword. */
  public static Ccw format1(long bytes) {
    return new Ccw(
        (int) (bytes >>> 56),
        (int) (bytes >>> 48) & 0xFF,
        (int) (bytes >>> 32) & 0xFFFF,
        (int) bytes);
  }

  /** This CCW as a big-endian doubleword of format 0. */
  public long toFormat0() {
    return (long) command << 56
        | (address & 0xFF_FFFFL) << 32
        | (long) flags << 24
        | (count & 0xFFFFL);
  }

  /** This CCW as a big-endian doubleword of format 1. */
  public long toFormat1() {
    return (long) command << 56
        | (long) flags << 48
        | (long) count << 32
        | (address & 0xFFFF_FFFFL);
  }

  public boolean has(int flag) {
    return (flags & flag) != 0;
  }

  /** Whether it is a TIC: by its low four bits in format 0, as a whole in format 1. */
  public boolean isTic(boolean format1) {
    return (format1 ? command : command & 0xF) == TIC;
  }

  /** Whether its command brings data in: read, read backward, sense. */
  public static boolean isInput(int command) {
    return (command & 3) == 2 || (command & 0xF) == 4 || (command & 0xF) == 0xC;
  }

  @Override
  public String toString() {
    return String.format("CCW %02X flags %02X count %d at %08X", command, flags, count, address);
  }
}
