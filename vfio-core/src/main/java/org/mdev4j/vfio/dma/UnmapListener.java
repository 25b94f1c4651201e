package org.mdev4j.vfio.dma;

/**
 * A device's side of unmapping: a device that pins memory unpins it when the user takes it back.
 */
@FunctionalInterface
public interface UnmapListener {
  /**
   * The user unmaps a mapping that has pinned pages: unpin yours before returning. Called without
   * any lock of the address space, on the unmapping thread, from several threads if several unmap;
   * never after {@link DeviceDma#close} has returned.
   *
   * <p>All devices are asked, whatever one of them does. One that returns with pages pinned is
   * asked again, and after ten times the unmap fails with {@code EBUSY}. One that throws, anything,
   * is broken: {@link DeviceDma} says what that means. The user's unmap goes on without it.
   *
   * @param iova first address of the mapping
   * @param size its size in bytes, unsigned
   */
  void dmaUnmap(long iova, long size);
}
