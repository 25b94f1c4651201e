package org.mdev4j.ap;

/** A guest's interruption state area, where hardware makes its interrupts pending. Thread-safe. */
@FunctionalInterface
public interface Gisa {
  /**
   * Makes an interruption subclass pending. Called under the lock of a queue: it must not block or
   * issue instructions.
   */
  void makePending(int isc);
}
