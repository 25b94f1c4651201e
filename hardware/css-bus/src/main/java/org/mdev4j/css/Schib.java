package org.mdev4j.css;

import java.lang.foreign.MemorySegment;
import org.mdev4j.css.layout.BigEndian;

/**
 * Subchannel-information block, what STORE SUBCHANNEL stores. 52 bytes.
 *
 * @param pmcw bytes 0-27
 * @param scsw bytes 28-39
 * @param measurementBlock bytes 40-47: address of the measurement block
 * @param model bytes 48-51: model-dependent area
 */
public record Schib(Pmcw pmcw, Scsw scsw, long measurementBlock, int model) {
  /** Bytes of a SCHIB. */
  public static final int SIZE = 52;

  /** Reads the SCHIB at the begin of {@code from}. */
  public static Schib readFrom(MemorySegment from) {
    return new Schib(
        Pmcw.readFrom(from),
        Scsw.readFrom(from, 28),
        BigEndian.doubleword(from, 40),
        BigEndian.word(from, 48));
  }

  /** Writes the SCHIB to the begin of {@code to}. */
  public void writeTo(MemorySegment to) {
    pmcw.writeTo(to);
    scsw.writeTo(to, 28);
    BigEndian.doubleword(to, 40, measurementBlock);
    BigEndian.word(to, 48, model);
  }

  /** The 52 bytes. */
  public byte[] bytes() {
    byte[] bytes = new byte[SIZE];
    writeTo(MemorySegment.ofArray(bytes));
    return bytes;
  }

  /** The same with another SCSW. */
  public Schib withScsw(Scsw changed) {
    return new Schib(pmcw, changed, measurementBlock, model);
  }

  /** The same with another PMCW. */
  public Schib withPmcw(Pmcw changed) {
    return new Schib(changed, scsw, measurementBlock, model);
  }
}
