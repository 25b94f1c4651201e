package org.mdev4j.samples.mtty;

import org.mdev4j.device.host.HostClock;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.mdev.MdevDevice;
import org.mdev4j.mdev.MdevDriver;
import org.mdev4j.mdev.MdevModel;
import org.mdev4j.vfio.model.DeviceApi;

/**
 * Makes a serial card for each mediated device.
 *
 * @param backend what the ports are connected to
 * @param clock for the receivers' time-outs
 */
record MttyDriver(Backend backend, HostClock clock) implements MdevDriver {
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
    int ports = Math.toIntExact(mdev.type().cost().getOrDefault(MttyModule.RESOURCE, 0L));
    return MdevModel.of(new SerialCard(ports, backend, clock))
        .withAttributes("vendor", Attribute.readOnly("sample_mdev_dev", () -> greeting));
  }
}
