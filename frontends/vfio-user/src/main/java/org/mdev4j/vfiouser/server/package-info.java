/**
 * The server: VFIO devices at socket files. One class per family of commands; what a device is and
 * does is VFIO's, and how bytes travel is {@code wire}'s.
 */
@NullMarked
package org.mdev4j.vfiouser.server;

import org.jspecify.annotations.NullMarked;
