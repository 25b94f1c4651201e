package org.mdev4j.vfio.migration;

/**
 * A range of DMA addresses.
 *
 * @param iova first address, unsigned
 * @param length in bytes, unsigned
 */
public record DmaRange(long iova, long length) {
  /** Whether the two have an address in common; neither may reach beyond the last address. */
  boolean overlaps(DmaRange other) {
    return Long.compareUnsigned(iova, other.iova + other.length - 1) <= 0
        && Long.compareUnsigned(other.iova, iova + length - 1) <= 0;
  }

  /**
   * Whether the end, the first address after it, is no address any more: so also for a range that
   * reaches just to the last.
   */
  boolean overflows() {
    return Long.compareUnsigned(iova + length, iova) < 0;
  }

  @Override
  public String toString() {
    return "0x" + Long.toHexString(iova) + "+0x" + Long.toHexString(length);
  }
}
