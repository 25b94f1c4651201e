package org.mdev4j.css;

import java.lang.foreign.MemorySegment;
import org.mdev4j.css.layout.BigEndian;

/**
 * Path-management-control word. 28 bytes.
 *
 * @param intparm bytes 0-3: interruption parameter
 * @param flags bytes 4-5, see the constants
 * @param deviceNumber bytes 6-7
 * @param lpm byte 8: logical path mask
 * @param pnom byte 9: paths found not operational
 * @param lpum byte 10: path last used
 * @param pim byte 11: paths installed
 * @param mbi bytes 12-13: measurement-block index
 * @param pom byte 14: paths operational
 * @param pam byte 15: paths available
 * @param chpids bytes 16-23: a channel-path id per path, the first in the high byte
 * @param word6 bytes 24-27: subchannel type, measurement format, concurrent sense
 */
public record Pmcw(
    int intparm,
    int flags,
    int deviceNumber,
    int lpm,
    int pnom,
    int lpum,
    int pim,
    int mbi,
    int pom,
    int pam,
    long chpids,
    int word6) {
  /** Bytes of a PMCW. */
  public static final int SIZE = 28;

  /** QF: the subchannel is one for QDIO. */
  public static final int QDIO = 0x8000;

  /** ISC: interruption subclass, three bits. */
  public static final int ISC = 0x3800;

  /** Flag bits that must be 0. */
  public static final int RESERVED_FLAGS = 0x0700;

  /** E: enabled. */
  public static final int ENABLED = 0x0080;

  /** V: the device number is valid, there is a device. */
  public static final int VALID = 0x0001;

  /** Subchannel type in {@code word6}, three bits; 0 is I/O. */
  public static final int TYPE = 0x00E0_0000;

  /** Concurrent sense, in {@code word6}. */
  public static final int CONCURRENT_SENSE = 1;

  /** What MODIFY SUBCHANNEL changes of {@code flags}: ISC, E, LM, MM, D. */
  static final int MODIFIABLE_FLAGS = 0x38FC;

  /** What MODIFY SUBCHANNEL changes of {@code word6}: measurement formats and concurrent sense. */
  static final int MODIFIABLE_WORD6 = 7;

  /** Reads the PMCW at the begin of {@code from}. */
  public static Pmcw readFrom(MemorySegment from) {
    return new Pmcw(
        BigEndian.word(from, 0),
        BigEndian.u16(from, 4),
        BigEndian.u16(from, 6),
        BigEndian.u8(from, 8),
        BigEndian.u8(from, 9),
        BigEndian.u8(from, 10),
        BigEndian.u8(from, 11),
        BigEndian.u16(from, 12),
        BigEndian.u8(from, 14),
        BigEndian.u8(from, 15),
        BigEndian.doubleword(from, 16),
        BigEndian.word(from, 24));
  }

  /** Writes the PMCW to the begin of {@code to}. */
  public void writeTo(MemorySegment to) {
    BigEndian.word(to, 0, intparm);
    BigEndian.u16(to, 4, flags);
    BigEndian.u16(to, 6, deviceNumber);
    BigEndian.u8(to, 8, lpm);
    BigEndian.u8(to, 9, pnom);
    BigEndian.u8(to, 10, lpum);
    BigEndian.u8(to, 11, pim);
    BigEndian.u16(to, 12, mbi);
    BigEndian.u8(to, 14, pom);
    BigEndian.u8(to, 15, pam);
    BigEndian.doubleword(to, 16, chpids);
    BigEndian.word(to, 24, word6);
  }

  /** Whether any bit of {@code mask} is set in the flags. */
  public boolean has(int mask) {
    return (flags & mask) != 0;
  }

  /** Interruption subclass, 0 to 7. */
  public int isc() {
    return flags >>> 11 & 7;
  }

  /** Subchannel type, 0 to 7. */
  public int type() {
    return word6 >>> 21 & 7;
  }

  /** Channel-path id of path 0 to 7. */
  public int chpid(int path) {
    return (int) (chpids >>> (56 - 8 * path)) & 0xFF;
  }

  /** Mask of the first installed path with that channel-path id, or 0. */
  public int pathMask(int chpid) {
    for (int path = 0; path < 8; path++) {
      if ((pim & 0x80 >> path) != 0 && chpid(path) == chpid) {
        return 0x80 >> path;
      }
    }
    return 0;
  }

  /** The same, enabled or not, with an interruption subclass and parameter. */
  public Pmcw withEnabled(boolean enabled, int isc, int parameter) {
    int changed = (flags & ~(ENABLED | ISC)) | isc << 11 | (enabled ? ENABLED : 0);
    return new Pmcw(
        parameter, changed, deviceNumber, lpm, pnom, lpum, pim, mbi, pom, pam, chpids, word6);
  }

  /** The same with concurrent sense asked for or not. */
  public Pmcw withConcurrentSense(boolean wanted) {
    int changed = (word6 & ~CONCURRENT_SENSE) | (wanted ? CONCURRENT_SENSE : 0);
    return new Pmcw(
        intparm, flags, deviceNumber, lpm, pnom, lpum, pim, mbi, pom, pam, chpids, changed);
  }

  /** The same with what the channel subsystem found out about the paths. */
  public Pmcw withPathsFound(int lastUsed, int notOperational, int operational) {
    return new Pmcw(
        intparm,
        flags,
        deviceNumber,
        lpm,
        notOperational,
        lastUsed,
        pim,
        mbi,
        operational,
        pam,
        chpids,
        word6);
  }

  /** The same with other paths available. */
  public Pmcw withAvailable(int available) {
    return new Pmcw(
        intparm, flags, deviceNumber, lpm, pnom, lpum, pim, mbi, pom, available, chpids, word6);
  }

  /** What MODIFY SUBCHANNEL makes of this one when it is given {@code wanted}. */
  public Pmcw modified(Pmcw wanted) {
    return new Pmcw(
        wanted.intparm,
        (flags & ~MODIFIABLE_FLAGS) | (wanted.flags & MODIFIABLE_FLAGS),
        deviceNumber,
        wanted.lpm,
        pnom,
        lpum,
        pim,
        wanted.mbi,
        wanted.pom,
        pam,
        chpids,
        (word6 & ~MODIFIABLE_WORD6) | (wanted.word6 & MODIFIABLE_WORD6));
  }
}
