/**
 * The vfio-user protocol as bytes: headers, payloads, capabilities, and a channel on which commands
 * and replies of both sides travel. What a command means is not known here.
 */
@NullMarked
package org.mdev4j.vfiouser.wire;

import org.jspecify.annotations.NullMarked;
