// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.css.bus;

import java.util.ServiceLoader;
import org.mdev4j.css.ChannelSubsystem;
import org.mdev4j.css.hardware.ChannelHardwareProvider;
import org.mdev4j.device.host.DriverModule;
import org.mdev4j.device.host.ModuleContext;

/** Built into every host: starts the css bus on a machine that has a channel subsystem. */
public final class CssModule implements DriverModule {
  @Override
  public String name() {
    return ChannelSubsystem.HARDWARE;
  }

  @Override
  public String description() {
    return "css bus";
  }

  @Override
  public boolean builtIn() {
    return true;
  }

  @Override
  public void load(ModuleContext context) {
    for (ChannelHardwareProvider provider : ServiceLoader.load(ChannelHardwareProvider.class)) {
      var hardware = provider.hardware(context);
      if (hardware.isPresent()) {
        CssCore core = new CssCore(context, hardware.get());
        core.start();
        context.provide(ChannelSubsystem.class, core);
        return;
      }
    }
  }
}
