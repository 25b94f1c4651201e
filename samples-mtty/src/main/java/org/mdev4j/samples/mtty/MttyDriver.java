package org.mdev4j.samples.mtty;

import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.mdev.MdevDevice;
import org.mdev4j.mdev.MdevDriver;
import org.mdev4j.mdev.MdevModel;
import org.mdev4j.vfio.model.DeviceApi;

/** Makes a serial card for each mediated device. */
final class MttyDriver implements MdevDriver {
  @Override
  public String name() {
    return "mtty";
  }

  @Override
  public DeviceApi deviceApi() {
    return DeviceApi.PCI;
  }

  @Override
  public MdevModel probe(MdevDevice mdev, Scope scope) {
    String greeting = "This is MDEV " + mdev.name();
    return MdevModel.of(new SerialCard())
        .withAttributes("vendor", Attribute.readOnly("sample_mdev_dev", () -> greeting));
  }
}
