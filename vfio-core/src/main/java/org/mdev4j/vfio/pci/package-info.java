/**
 * What all PCI device models share: configuration space, base address registers, capabilities, the
 * interrupt pin. No vendor is known here.
 */
@NullMarked
package org.mdev4j.vfio.pci;

import org.jspecify.annotations.NullMarked;
