/**
 * The few things of the operating system that Java has no way to: UNIX sockets that carry file
 * descriptors, and files of somebody else that are mapped. Nothing of the protocol is known here.
 */
@NullMarked
package org.mdev4j.vfiouser.posix;

import org.jspecify.annotations.NullMarked;
