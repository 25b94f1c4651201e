package org.mdev4j.mdev;

import org.mdev4j.device.host.DriverModule;
import org.mdev4j.device.host.ModuleContext;

/** Module {@code mdev}: brings {@link Mdev}, bus {@code mdev} and {@code /sys/class/mdev_bus}. */
public final class MdevModule implements DriverModule {
  @Override
  public String name() {
    return "mdev";
  }

  @Override
  public String description() {
    return "mediated devices: parents, types, instances";
  }

  @Override
  public void load(ModuleContext context) {
    context.provide(Mdev.class, new Mdev(context));
  }
}
