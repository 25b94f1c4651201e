package org.mdev4j.samples.mtty;

import java.util.ArrayList;
import java.util.List;
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
 * @param clock for the receivers' time-outs and what terminals have to say
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
    int ports = Math.toIntExact(mdev.type().cost().getOrDefault(MttyModule.RESOURCE, 0L));
    List<Line> lines = backend.lines(ports, clock, scope);
    return MdevModel.of(new SerialCard(lines, clock))
        .withAttributes("vendor", attributes(mdev.name(), lines));
  }

  private static Attribute[] attributes(String name, List<Line> lines) {
    List<Attribute> attributes = new ArrayList<>();
    attributes.add(Attribute.readOnly("sample_mdev_dev", () -> "This is MDEV " + name));
    for (int i = 0; i < lines.size(); i++) {
      if (lines.get(i) instanceof Terminal terminal) {
        attributes.add(Attribute.readOnly("pty" + i, terminal::path));
      }
    }
    return attributes.toArray(Attribute[]::new);
  }
}
