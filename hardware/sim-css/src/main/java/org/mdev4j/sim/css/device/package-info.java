/** Devices that a machine may have behind its subchannels. */
@NullMarked
package org.mdev4j.sim.css.device;

import org.jspecify.annotations.NullMarked;
