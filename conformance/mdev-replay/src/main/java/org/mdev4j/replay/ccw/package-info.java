/**
 * The ops of the s390x probe ({@code kernel/OPS.md}, section 4): a subchannel that is driven
 * through {@code /dev/vfio}, and the machine around it. What is common to all probes is in {@code
 * ops}.
 */
@NullMarked
package org.mdev4j.replay.ccw;

import org.jspecify.annotations.NullMarked;
