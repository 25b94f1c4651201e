/**
 * A session: requests come from a device, are answered from a tree, and go back. The device may be
 * the kernel's or one of a test. Mounts are not made here.
 */
@NullMarked
package org.mdev4j.fuse.session;

import org.jspecify.annotations.NullMarked;
