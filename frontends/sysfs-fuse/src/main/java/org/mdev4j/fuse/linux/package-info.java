/** The calls of Linux that mounting needs, and what it says of its mounts. Nothing of FUSE. */
@NullMarked
package org.mdev4j.fuse.linux;

import org.jspecify.annotations.NullMarked;
