/**
 * The tree: directories, attributes, links and device nodes, with the semantics that a sysfs gives
 * them. No device, bus or class is known here; those are put into the tree by {@code
 * org.mdev4j.device}.
 */
@NullMarked
package org.mdev4j.device.sysfs;

import org.jspecify.annotations.NullMarked;
