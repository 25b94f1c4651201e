/**
 * The DMA address space of a container (type 1 IOMMU): mapping, pinning, access by devices, dirty
 * pages. No device and no file is known here.
 *
 * <p>A driver author meets {@link org.mdev4j.vfio.dma.DeviceDma}, {@link
 * org.mdev4j.vfio.dma.PinnedPage} and {@link org.mdev4j.vfio.dma.GuestMemory}; the rest is for the
 * container.
 */
@NullMarked
package org.mdev4j.vfio.dma;

import org.jspecify.annotations.NullMarked;
