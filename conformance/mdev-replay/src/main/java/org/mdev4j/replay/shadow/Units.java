package org.mdev4j.replay.shadow;

/** How an access to registers is split: naturally aligned pieces of 4, 2 and 1 bytes. */
final class Units {
  private Units() {}

  /** What is done with a piece. */
  @FunctionalInterface
  interface Piece {
    /**
     * Takes one piece.
     *
     * @param at where it is in the region
     * @param width its bytes
     * @param done bytes of the access before it
     */
    void access(long at, int width, int done);
  }

  static void forEach(long offset, int size, Piece piece) {
    int done = 0;
    while (done < size) {
      long at = offset + done;
      int width = 1;
      if (at % 4 == 0 && size - done >= 4) {
        width = 4;
      } else if (at % 2 == 0 && size - done >= 2) {
        width = 2;
      }
      piece.access(at, width, done);
      done += width;
    }
  }
}
