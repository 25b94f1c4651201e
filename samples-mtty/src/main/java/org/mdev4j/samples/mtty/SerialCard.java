package org.mdev4j.samples.mtty;

import org.mdev4j.vfio.model.DeviceApi;
import org.mdev4j.vfio.model.VfioDevice;

/** A PCI serial card. It opens and says what it is; its registers are still to come. */
final class SerialCard implements VfioDevice {
  @Override
  public DeviceApi api() {
    return DeviceApi.PCI;
  }
}
