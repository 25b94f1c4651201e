package org.mdev4j.vfio.model;

/** A device that pins its user's memory; no other may. */
public interface PinsMemory {
  /**
   * The user unmaps memory of which pages are pinned: the device must unpin them before it returns.
   * Called without any lock of the container. One that does not unpin makes the unmap fail with
   * {@code EBUSY}. One that throws is broken: its pins are taken back, and its DMA is {@code EIO}
   * until it is opened again.
   *
   * @param iova first address of the mapping
   * @param size its size in bytes
   */
  void dmaUnmap(long iova, long size);
}
