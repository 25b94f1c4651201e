/**
 * Module {@code mdpy}: a sample driver for PCI displays with a plain framebuffer. Only the device
 * model and its values live here; registering, counting and every lifecycle are the core's.
 */
@NullMarked
package org.mdev4j.samples.mdpy;

import org.jspecify.annotations.NullMarked;
