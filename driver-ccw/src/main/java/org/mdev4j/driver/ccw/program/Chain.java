package org.mdev4j.driver.ccw.program;

import java.util.List;
import org.mdev4j.css.Ccw;

/**
 * CCWs that follow each other in the user's memory, as format 1.
 *
 * @param start guest address of the first, unsigned
 * @param ccws at least one
 */
record Chain(long start, List<Ccw> ccws) {
  Chain {
    ccws = List.copyOf(ccws);
  }

  /** Guest address of CCW {@code index}. */
  long address(int index) {
    return start + (long) Ccw.SIZE * index;
  }

  /** Whether {@code address} lies between the first CCW and the last. */
  boolean contains(long address) {
    return start <= address && address <= address(ccws.size() - 1);
  }

  /** The target of a TIC. */
  static long target(Ccw tic) {
    return Integer.toUnsignedLong(tic.address());
  }
}
