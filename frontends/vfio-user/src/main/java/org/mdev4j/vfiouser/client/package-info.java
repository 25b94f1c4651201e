/**
 * The client: a device that somebody serves over vfio-user, as a VFIO device model again. The
 * server's side is not known here.
 */
@NullMarked
package org.mdev4j.vfiouser.client;

import org.jspecify.annotations.NullMarked;
