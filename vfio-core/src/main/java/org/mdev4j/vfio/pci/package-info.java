/**
 * What all PCI device models share: configuration space, base address registers, capabilities, the
 * fixed region and interrupt indexes. No vendor is known here.
 *
 * <p>A model implements {@link PciDevice}; it states what it is with {@link PciConfigSpace#builder}
 * and what is behind its base address registers with {@link PciRegions}.
 */
@NullMarked
package org.mdev4j.vfio.pci;

import org.jspecify.annotations.NullMarked;
