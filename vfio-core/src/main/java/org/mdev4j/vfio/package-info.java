/**
 * VFIO devices: what a device model provides, how it is registered, referenced and opened. No
 * vendor and no way in which devices come to be (mediated, PCI ...) is known here; vendor words
 * appear only in {@link org.mdev4j.vfio.model.DeviceApi}, which holds constants of the public VFIO
 * ABI.
 */
@NullMarked
package org.mdev4j.vfio;

import org.jspecify.annotations.NullMarked;
