// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.sim.css.machine;

import java.util.List;
import java.util.Optional;
import org.mdev4j.css.ChannelSubsystem;
import org.mdev4j.css.hardware.ChannelHardware;
import org.mdev4j.css.hardware.ChannelHardwareProvider;
import org.mdev4j.device.host.ModuleContext;
import org.mdev4j.sim.css.CssPanel;
import org.mdev4j.sim.css.SimulatedDevice;
import org.mdev4j.sim.css.config.CssConfig;

/** Provides a simulated channel subsystem to a machine whose hardware says {@code css}. */
public final class SimulatedCssProvider implements ChannelHardwareProvider {
  @Override
  public Optional<ChannelHardware> hardware(ModuleContext context) {
    String description = context.machine().hardware().get(ChannelSubsystem.HARDWARE);
    if (description == null) {
      return Optional.empty();
    }
    CssConfig config = CssConfig.parse(context.machine().name(), description);
    Backplane backplane = new Backplane(context, config);
    context.scope().onClose(backplane::powerOff);
    CssPanel panel = new Panel(backplane);
    new PanelFiles(panel).addTo(context.devices().tree(), context.scope());
    context.provide(CssPanel.class, panel);
    return Optional.of(backplane);
  }

  /** The panel: changes what is plugged in. */
  private record Panel(Backplane backplane) implements CssPanel {
    @Override
    public List<SimulatedDevice> devices() {
      return backplane.devices();
    }

    @Override
    public SimulatedDevice device(int number) {
      return backplane.device(number);
    }

    @Override
    public void plug(String description) {
      backplane.plug(CssConfig.subchannel(description));
    }

    @Override
    public void unplug(int number) {
      backplane.unplug(number);
    }

    @Override
    public void configurePath(int chpid, boolean available) {
      backplane.configure(chpid, available);
    }
  }
}
