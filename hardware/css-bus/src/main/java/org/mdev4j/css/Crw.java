package org.mdev4j.css;

/**
 * Channel-report word: one machine check about a part of the channel subsystem.
 *
 * @param word solicited 0x4000_0000, overflow 0x2000_0000, chained 0x1000_0000, reporting source
 *     0x0F00_0000, ancillary 0x0080_0000, error-recovery code 0x003F_0000, source id 0x0000_FFFF
 */
public record Crw(int word) {
  public static final int SOLICITED = 0x4000_0000;
  public static final int OVERFLOW = 0x2000_0000;
  public static final int CHAINED = 0x1000_0000;

  /** Reporting source: a subchannel. */
  public static final int RSC_SUBCHANNEL = 3;

  /** Reporting source: a channel path. */
  public static final int RSC_PATH = 4;

  /** Error-recovery code: initialised. */
  public static final int ERC_INIT = 2;

  /** Error-recovery code: installed parameters initialised. */
  public static final int ERC_IPARM = 4;

  /** Error-recovery code: permanent error, not initialised. */
  public static final int ERC_PERRN = 6;

  /** Error-recovery code: permanent error, initialised. */
  public static final int ERC_PERRI = 7;

  /** A CRW without flags. */
  public static Crw of(int rsc, int erc, int rsid) {
    return new Crw((rsc & 0xF) << 24 | (erc & 0x3F) << 16 | (rsid & 0xFFFF));
  }

  /** Whether the flag {@code mask} is set. */
  public boolean has(int mask) {
    return (word & mask) != 0;
  }

  /** Reporting-source code. */
  public int rsc() {
    return word >>> 24 & 0xF;
  }

  /** Error-recovery code. */
  public int erc() {
    return word >>> 16 & 0x3F;
  }

  /** Reporting-source id: a subchannel's number or a channel-path id. */
  public int rsid() {
    return word & 0xFFFF;
  }

  @Override
  public String toString() {
    return String.format("CRW %08X", word);
  }
}
