package org.mdev4j.css;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.mdev4j.css.layout.BigEndian;

/**
 * Interruption-response block, what TEST SUBCHANNEL stores: SCSW (bytes 0-11), ESW (12-31), ECW
 * (32-63). 64 bytes. Immutable.
 */
public final class Irb {
  /** Bytes of an IRB without measurement words. */
  public static final int SIZE = 64;

  /** Where the address of failing storage is, and behind it that of a secondary CCW. */
  private static final int FAILING_STORAGE = 20;

  private static final int ECW = 32;

  /** Concurrent sense: the ECW holds sense bytes; in the ERW, bytes 16-19. */
  public static final int CONCURRENT_SENSE = 0x0100_0000;

  private final Scsw scsw;
  private final byte[] bytes;

  private Irb(byte[] bytes) {
    this.bytes = bytes;
    this.scsw = Scsw.readFrom(MemorySegment.ofArray(bytes), 0);
  }

  /**
   * An IRB of its parts.
   *
   * @param scsw the status
   * @param lpum mask of the path last used, in byte 13
   * @param sense concurrent sense, at most 32 bytes, or empty
   */
  public static Irb of(Scsw scsw, int lpum, byte[] sense) {
    byte[] bytes = new byte[SIZE];
    MemorySegment all = MemorySegment.ofArray(bytes);
    scsw.writeTo(all, 0);
    BigEndian.u8(all, 13, lpum);
    if (sense.length > 0) {
      BigEndian.word(all, 16, CONCURRENT_SENSE | sense.length << 16);
      System.arraycopy(sense, 0, bytes, ECW, sense.length);
    }
    return new Irb(bytes);
  }

  /** Reads the IRB at the begin of {@code from}. */
  public static Irb readFrom(MemorySegment from) {
    byte[] bytes = new byte[SIZE];
    MemorySegment.copy(from, 0, MemorySegment.ofArray(bytes), 0, SIZE);
    return new Irb(bytes);
  }

  /** Writes the IRB to the begin of {@code to}. */
  public void writeTo(MemorySegment to) {
    MemorySegment.copy(MemorySegment.ofArray(bytes), 0, to, 0, SIZE);
  }

  /** The status. */
  public Scsw scsw() {
    return scsw;
  }

  /** Mask of the path last used. */
  public int lpum() {
    return bytes[13] & 0xFF;
  }

  /** Extended-report word, bytes 16-19. */
  public int erw() {
    return BigEndian.word(MemorySegment.ofArray(bytes), 16);
  }

  /** The sense bytes that came with a unit check, or none. */
  public byte[] sense() {
    int length = (erw() & CONCURRENT_SENSE) == 0 ? 0 : erw() >>> 16 & 0x3F;
    return Arrays.copyOfRange(bytes, ECW, ECW + Math.min(length, 32));
  }

  /** A copy of all 64 bytes. */
  public byte[] bytes() {
    return bytes.clone();
  }

  /**
   * The same with another channel-program address, and without the addresses that the ESW may have:
   * of storage that failed, and of a secondary CCW.
   */
  public Irb withoutAddressesBut(int cpa) {
    byte[] changed = bytes.clone();
    scsw.withCpa(cpa).writeTo(MemorySegment.ofArray(changed), 0);
    Arrays.fill(changed, FAILING_STORAGE, ECW, (byte) 0);
    return new Irb(changed);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Irb irb && Arrays.equals(bytes, irb.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return String.format("IRB[%s, LPUM %02X, ERW %08X]", scsw, lpum(), erw());
  }
}
