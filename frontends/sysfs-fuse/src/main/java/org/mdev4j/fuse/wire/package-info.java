/**
 * The bytes of the FUSE protocol, version 7 ({@code include/uapi/linux/fuse.h}): requests, replies
 * and the structures in them. All numbers are in the machine's own byte order, and x86-64 and arm64
 * have the same structures. Nothing here knows what a request does.
 */
@NullMarked
package org.mdev4j.fuse.wire;

import org.jspecify.annotations.NullMarked;
