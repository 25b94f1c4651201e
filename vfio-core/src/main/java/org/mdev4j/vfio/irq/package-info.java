/**
 * Interrupts: triggers that count like an eventfd, and the one interrupt core of all devices, which
 * knows SET_IRQS, masking and levels. No device and no file is known here.
 */
@NullMarked
package org.mdev4j.vfio.irq;

import org.jspecify.annotations.NullMarked;
