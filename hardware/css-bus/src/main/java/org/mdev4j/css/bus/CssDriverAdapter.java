package org.mdev4j.css.bus;

import java.util.List;
import org.mdev4j.css.CssDriver;
import org.mdev4j.device.Device;
import org.mdev4j.device.Driver;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.AttributeGroup;

/** A {@link CssDriver} as the driver core knows drivers. */
final class CssDriverAdapter implements Driver {
  private final CssDriver css;
  private final ChannelPaths paths;

  CssDriverAdapter(CssDriver css, ChannelPaths paths) {
    this.css = css;
    this.paths = paths;
  }

  CssDriver css() {
    return css;
  }

  @Override
  public String name() {
    return css.name();
  }

  @Override
  public List<AttributeGroup> probe(Device device, Scope scope) {
    CssSubchannel subchannel = device.payload(CssSubchannel.class);
    subchannel.device(device);
    subchannel.bind(css, paths.notVariedOff(subchannel.schib().pmcw()));
    // Also when probe or what follows it fails: it is in the scope.
    scope.onClose(subchannel::unbind);
    return css.probe(subchannel, scope);
  }

  @Override
  public void bound(Device device) {
    css.bound(device.payload(CssSubchannel.class));
  }

  @Override
  public void remove(Device device) {
    css.remove(device.payload(CssSubchannel.class));
  }

  @Override
  public void shutdown(Device device) {
    css.shutdown(device.payload(CssSubchannel.class));
  }
}
