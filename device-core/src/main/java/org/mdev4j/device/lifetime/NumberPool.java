package org.mdev4j.device.lifetime;

import java.util.BitSet;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * Lends small numbers, always the smallest that is free, as the kernel's ida does for IOMMU groups,
 * minors and {@code vfioN}.
 *
 * <p>Thread-safe; its monitor is a leaf and held for a few instructions.
 */
public final class NumberPool {
  private final String what;
  private final int limit;
  private final BitSet taken = new BitSet();
  private int firstFree;

  /**
   * @param what what the numbers name, for the message when none is left
   * @param limit numbers are below this
   */
  public NumberPool(String what, int limit) {
    this.what = what;
    this.limit = limit;
  }

  /**
   * Takes the smallest free number.
   *
   * @throws ErrnoException {@code ENOSPC} if all are taken
   */
  public synchronized int take() {
    int number = taken.nextClearBit(firstFree);
    if (number >= limit) {
      throw new ErrnoException(Errno.ENOSPC, "no " + what + " left: all " + limit + " are in use");
    }
    taken.set(number);
    firstFree = number + 1;
    return number;
  }

  /** Gives back a number that {@link #take} returned. */
  public synchronized void giveBack(int number) {
    if (!taken.get(number)) {
      throw new IllegalStateException(what + " " + number + " was not taken");
    }
    taken.clear(number);
    firstFree = Math.min(firstFree, number);
  }

  /** How many numbers are lent now. */
  public synchronized int inUse() {
    return taken.cardinality();
  }
}
