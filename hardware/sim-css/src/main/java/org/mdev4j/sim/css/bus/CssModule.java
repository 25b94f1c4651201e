package org.mdev4j.sim.css.bus;

import org.mdev4j.device.host.DriverModule;
import org.mdev4j.device.host.ModuleContext;
import org.mdev4j.sim.css.ChannelSubsystem;
import org.mdev4j.sim.css.config.CssConfig;

/**
 * Built into every host: gives a channel subsystem to a machine whose hardware says {@code css}.
 */
public final class CssModule implements DriverModule {
  @Override
  public String name() {
    return ChannelSubsystem.HARDWARE;
  }

  @Override
  public String description() {
    return "simulated channel subsystem";
  }

  @Override
  public boolean builtIn() {
    return true;
  }

  @Override
  public void load(ModuleContext context) {
    String description = context.machine().hardware().get(ChannelSubsystem.HARDWARE);
    if (description == null) {
      return;
    }
    CssConfig config = CssConfig.parse(context.machine().name(), description);
    CssCore core = new CssCore(context, config);
    core.start(config);
    context.provide(ChannelSubsystem.class, core);
  }
}
