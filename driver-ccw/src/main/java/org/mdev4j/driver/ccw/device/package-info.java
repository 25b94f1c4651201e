/**
 * The VFIO device that a subchannel becomes: its regions, what its user's requests and the
 * subchannel's interrupts do, and how it is brought to rest. It knows nothing of mediated devices
 * or of the css bus.
 */
@NullMarked
package org.mdev4j.driver.ccw.device;

import org.jspecify.annotations.NullMarked;
