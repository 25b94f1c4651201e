package org.mdev4j.samples.mdpy;

import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.mdev.MdevDevice;
import org.mdev4j.mdev.MdevDriver;
import org.mdev4j.mdev.MdevModel;
import org.mdev4j.vfio.model.DeviceApi;

/** Makes a display for each mediated device. */
final class MdpyDriver implements MdevDriver {
  @Override
  public String name() {
    return "mdpy";
  }

  @Override
  public DeviceApi deviceApi() {
    return DeviceApi.PCI;
  }

  @Override
  public MdevModel probe(MdevDevice mdev, Scope scope) {
    Resolution resolution = Resolution.of(mdev.type());
    return MdevModel.of(new Display(mdev.name(), resolution))
        .withAttributes("vendor", Attribute.readOnly("resolution", () -> resolution));
  }
}
