package org.mdev4j.vfio;

import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.HostMemory;
import org.mdev4j.device.lifetime.FailureListener;
import org.mdev4j.vfio.dma.DmaSpace;

/**
 * The type 1 IOMMU, while its module is loaded: answers what it supports and opens address spaces.
 *
 * @param memory where pinned pages get their host addresses
 * @param entryLimit most mappings of one address space
 * @param failures is told of devices that break when they are asked to unpin
 */
record IommuBackend(HostMemory memory, int entryLimit, FailureListener failures) {
  private static final int TYPE1 = 1;
  private static final int TYPE1_V2 = 3;
  private static final int DMA_COHERENT = 4;
  private static final int NESTING = 6;
  private static final int UNMAP_ALL = 9;

  /**
   * @param set whether the container has its IOMMU
   */
  boolean supports(int extension, boolean set) {
    return switch (extension) {
      case TYPE1, TYPE1_V2, NESTING, UNMAP_ALL -> true;
      case DMA_COHERENT -> set;
      default -> false;
    };
  }

  DmaSpace open(int type) {
    return switch (type) {
      case TYPE1 -> new DmaSpace(memory, entryLimit, false, failures);
      case TYPE1_V2, NESTING -> new DmaSpace(memory, entryLimit, true, failures);
      default ->
          throw new ErrnoException(
              supports(type, false) ? Errno.EINVAL : Errno.ENODEV,
              "there is no IOMMU of type " + type);
    };
  }
}
