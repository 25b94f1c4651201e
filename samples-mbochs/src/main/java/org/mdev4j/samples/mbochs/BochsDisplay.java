package org.mdev4j.samples.mbochs;

import org.mdev4j.vfio.model.DeviceApi;
import org.mdev4j.vfio.model.VfioDevice;

/** A PCI display. It opens and says what it is; its registers are still to come. */
final class BochsDisplay implements VfioDevice {
  @Override
  public DeviceApi api() {
    return DeviceApi.PCI;
  }
}
