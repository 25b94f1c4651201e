package org.mdev4j.vfio.dma;

/**
 * Addresses from {@code first} to {@code last}, both included and unsigned: so a range can end
 * where the address space ends.
 */
record IovaRange(long first, long last) {
  static final IovaRange ALL = new IovaRange(0, -1);

  /** The {@code size} bytes at {@code first}: more than 0, and not {@linkplain #wraps wrapping}. */
  static IovaRange of(long first, long size) {
    return new IovaRange(first, first + size - 1);
  }

  /** Whether {@code size} bytes, more than 0, at {@code first} go beyond 2^64. */
  static boolean wraps(long first, long size) {
    return Long.compareUnsigned(first + size - 1, first) < 0;
  }

  boolean contains(long iova) {
    return Long.compareUnsigned(first, iova) <= 0 && Long.compareUnsigned(iova, last) <= 0;
  }

  /** Bytes, unsigned; 0 for all 2^64. */
  long size() {
    return last - first + 1;
  }

  /** Pages of an aligned range. */
  long pages() {
    return ((last - first) >>> Pages.SHIFT) + 1;
  }

  @Override
  public String toString() {
    return String.format("0x%x-0x%x", first, last);
  }
}
