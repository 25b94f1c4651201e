/**
 * The DMA address space of a container (type 1 IOMMU): mapping, pinning, access by devices, dirty
 * pages. No device and no file is known here.
 */
@NullMarked
package org.mdev4j.vfio.dma;

import org.jspecify.annotations.NullMarked;
