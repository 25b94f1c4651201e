/**
 * Module {@code mtty}: a sample driver for PCI serial cards. Only the device model and its values
 * live here; registering, counting and every lifecycle are the core's.
 */
@NullMarked
package org.mdev4j.samples.mtty;

import org.jspecify.annotations.NullMarked;
