package org.mdev4j.driver.ccw.bus;

import org.mdev4j.css.Subchannel;
import org.mdev4j.driver.ccw.device.CcwDevice;
import org.mdev4j.vfio.Published;

/**
 * A subchannel that is bound to the driver.
 *
 * @param subchannel the hardware
 * @param device where its callbacks find the device that is current now
 */
public record SubchannelParent(Subchannel subchannel, Published<CcwDevice> device) {}
