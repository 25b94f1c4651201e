/**
 * The driver core: devices, buses, classes, drivers and the uevents that announce them. What a
 * device is for (mediated, VFIO, a subchannel) is not known here.
 */
@NullMarked
package org.mdev4j.device;

import org.jspecify.annotations.NullMarked;
