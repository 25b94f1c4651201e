package org.mdev4j.samples.mbochs;

import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.mdev.MdevDevice;
import org.mdev4j.mdev.MdevDriver;
import org.mdev4j.mdev.MdevModel;
import org.mdev4j.vfio.model.DeviceApi;

/** Makes a display for each mediated device. */
final class MbochsDriver implements MdevDriver {
  @Override
  public String name() {
    return "mbochs";
  }

  @Override
  public DeviceApi deviceApi() {
    return DeviceApi.PCI;
  }

  @Override
  public MdevModel probe(MdevDevice mdev, Scope scope) {
    MemorySize size = MemorySize.of(mdev.type());
    String memory = size.megabytes() + " MB";
    return MdevModel.of(new BochsDisplay(mdev.name(), size))
        .withAttributes("vendor", Attribute.readOnly("memory", () -> memory));
  }
}
