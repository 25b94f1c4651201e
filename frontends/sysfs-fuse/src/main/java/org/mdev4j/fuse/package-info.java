/**
 * Mounts: of a tree at a directory, for everybody; of a tree over {@code /sys}, for one command in
 * a mount namespace of its own. The protocol is spoken below, in {@code session}.
 */
@NullMarked
package org.mdev4j.fuse;

import org.jspecify.annotations.NullMarked;
