package org.mdev4j.sim.ap.bus;

import org.mdev4j.device.host.DriverModule;
import org.mdev4j.device.host.ModuleContext;
import org.mdev4j.sim.ap.ApBus;
import org.mdev4j.sim.ap.ApMachines;
import org.mdev4j.sim.ap.config.ApConfig;

/** Built into every host: gives an AP bus to a machine whose hardware says {@code ap}. */
public final class ApModule implements DriverModule {
  @Override
  public String name() {
    return "ap";
  }

  @Override
  public String description() {
    return "simulated AP bus with crypto cards";
  }

  @Override
  public boolean builtIn() {
    return true;
  }

  @Override
  public void load(ModuleContext context) {
    String description = context.machine().hardware().get(ApMachines.HARDWARE);
    if (description == null) {
      return;
    }
    ApCore core = new ApCore(context, ApConfig.parse(context.machine().name(), description));
    context.provide(ApBus.class, core);
  }
}
