package org.mdev4j.samples.mdpy;

import org.mdev4j.vfio.model.DeviceApi;
import org.mdev4j.vfio.model.VfioDevice;

/** A PCI display. It opens and says what it is; its framebuffer is still to come. */
final class Display implements VfioDevice {
  @Override
  public DeviceApi api() {
    return DeviceApi.PCI;
  }
}
