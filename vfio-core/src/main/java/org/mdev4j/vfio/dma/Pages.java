package org.mdev4j.vfio.dma;

/** The page of the host: the smallest that is mapped, pinned and found dirty. */
final class Pages {
  static final int SHIFT = 12;
  static final long SIZE = 1L << SHIFT;

  /** Every size from the host's page up: nothing but emulated devices is here. */
  static final long SIZES = -SIZE;

  private Pages() {}

  static boolean isAligned(long value) {
    return (value & (SIZE - 1)) == 0;
  }
}
