package org.mdev4j.vfio;

import org.mdev4j.device.host.DriverModule;
import org.mdev4j.device.host.ModuleContext;

/** Module {@code vfio}: brings {@link Vfio}, {@code /dev/vfio/vfio} and the two classes. */
public final class VfioModule implements DriverModule {
  @Override
  public String name() {
    return "vfio";
  }

  @Override
  public String description() {
    return "VFIO devices, groups and containers";
  }

  @Override
  public void load(ModuleContext context) {
    context.provide(Vfio.class, new Vfio(context));
  }
}
