// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.ap.bus;

import java.util.ServiceLoader;
import org.mdev4j.ap.ApBus;
import org.mdev4j.ap.hardware.ApHardwareProvider;
import org.mdev4j.device.host.DriverModule;
import org.mdev4j.device.host.ModuleContext;

/** Built into every host: starts the AP bus on a machine that has AP hardware. */
public final class ApModule implements DriverModule {
  @Override
  public String name() {
    return "ap";
  }

  @Override
  public String description() {
    return "AP bus";
  }

  @Override
  public boolean builtIn() {
    return true;
  }

  @Override
  public void load(ModuleContext context) {
    for (ApHardwareProvider provider : ServiceLoader.load(ApHardwareProvider.class)) {
      var hardware = provider.hardware(context);
      if (hardware.isPresent()) {
        context.provide(ApBus.class, new ApCore(context, hardware.get()));
        return;
      }
    }
  }
}
