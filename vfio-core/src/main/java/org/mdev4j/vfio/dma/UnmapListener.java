package org.mdev4j.vfio.dma;

/** A device's side of unmapping: whoever pins memory lets go of it when the user takes it back. */
@FunctionalInterface
public interface UnmapListener {
  /**
   * The user unmaps a mapping that has pinned pages: unpin yours before returning. Called without
   * any lock of the address space, on the unmapping thread, from several threads if several unmap;
   * never after {@link DeviceDma#close} has returned.
   *
   * @param iova first address of the mapping
   * @param size its size in bytes, unsigned
   */
  void dmaUnmap(long iova, long size);
}
