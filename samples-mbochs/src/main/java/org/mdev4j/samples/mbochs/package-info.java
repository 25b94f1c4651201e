/**
 * Module {@code mbochs}: a sample driver for PCI displays as Bochs and QEMU have them. Only the
 * device model and its values live here; registering, counting and every lifecycle are the core's.
 */
@NullMarked
package org.mdev4j.samples.mbochs;

import org.jspecify.annotations.NullMarked;
