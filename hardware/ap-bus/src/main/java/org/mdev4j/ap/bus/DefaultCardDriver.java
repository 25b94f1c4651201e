package org.mdev4j.ap.bus;

import java.util.List;
import org.mdev4j.device.Device;
import org.mdev4j.device.Driver;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.AttributeGroup;

/** The host's driver of cards; there is no other. */
final class DefaultCardDriver implements Driver {
  @Override
  public String name() {
    return "cex4card";
  }

  @Override
  public List<AttributeGroup> probe(Device device, Scope scope) {
    return List.of();
  }
}
