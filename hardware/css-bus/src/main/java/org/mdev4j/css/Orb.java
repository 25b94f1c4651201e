package org.mdev4j.css;

import java.lang.foreign.MemorySegment;
import org.mdev4j.css.layout.BigEndian;

/**
 * Operation-request block: what START SUBCHANNEL is given. 12 bytes.
 *
 * @param intparm bytes 0-3: interruption parameter, comes back with each interrupt
 * @param word1 bytes 4-7: key, flags and path mask, see the constants
 * @param cpa bytes 8-11: address of the first CCW; bit 0 must be 0
 */
public record Orb(int intparm, int word1, int cpa) {
  /** Bytes of an ORB. */
  public static final int SIZE = 12;

  /** Storage key. */
  public static final int KEY = 0xF000_0000;

  /** S: suspend control; CCWs may carry the suspend flag. */
  public static final int SUSPEND = 0x0800_0000;

  /** F: CCWs are of format 1. */
  public static final int FORMAT_1 = 0x0080_0000;

  /** P: CCWs may be prefetched. */
  public static final int PREFETCH = 0x0040_0000;

  /** U: no interrupt when the program suspends. */
  public static final int SUPPRESS_SUSPENDED = 0x0008_0000;

  /** B: the program is one of transport mode. */
  public static final int TRANSPORT = 0x0004_0000;

  /** H: IDAWs are of format 2, 8 bytes each. */
  public static final int FORMAT_2_IDAW = 0x0002_0000;

  /** T: format-2 IDAWs name blocks of 2 KiB instead of 4. */
  public static final int IDAW_2K = 0x0001_0000;

  /** L: incorrect length of immediate commands is not reported in format 1 either. */
  public static final int LENGTH_SUPPRESSION = 0x80;

  /** Bits that must be 0: D (no MIDAWs here) and those without a meaning. */
  public static final int RESERVED = 0x7E;

  /** Bits whose places in the SCSW are the same: key, S, F, P, I, A, U. */
  static final int COPIED_TO_SCSW = 0xF8F8_0000;

  /** Reads the ORB at the begin of {@code from}. */
  public static Orb readFrom(MemorySegment from) {
    return new Orb(BigEndian.word(from, 0), BigEndian.word(from, 4), BigEndian.word(from, 8));
  }

  /** Writes the ORB to the begin of {@code to}. */
  public void writeTo(MemorySegment to) {
    BigEndian.word(to, 0, intparm);
    BigEndian.word(to, 4, word1);
    BigEndian.word(to, 8, cpa);
  }

  /** Whether all bits of {@code mask} are set in word 1. */
  public boolean has(int mask) {
    return (word1 & mask) == mask;
  }

  /** Mask of the paths that may be used, 0x80 for the first; the byte at 6. */
  public int lpm() {
    return word1 >>> 8 & 0xFF;
  }

  /** The same with another path mask. */
  public Orb withLpm(int lpm) {
    return new Orb(intparm, (word1 & ~0xFF00) | (lpm & 0xFF) << 8, cpa);
  }

  /** The part of word 1 that the SCSW of a start function repeats. */
  public int scswFlags() {
    return word1 & COPIED_TO_SCSW;
  }

  /** Whether START SUBCHANNEL takes it: no reserved bit, no transport mode, a 31-bit address. */
  public boolean isValid() {
    return (word1 & (RESERVED | TRANSPORT)) == 0 && cpa >= 0;
  }

  @Override
  public String toString() {
    return String.format("ORB %08X %08X %08X", intparm, word1, cpa);
  }
}
