// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.sim.ap.panel;

import java.util.Optional;
import org.mdev4j.ap.ApBus;
import org.mdev4j.ap.hardware.ApHardware;
import org.mdev4j.ap.hardware.ApHardwareProvider;
import org.mdev4j.device.host.ModuleContext;
import org.mdev4j.device.host.WorkQueue;
import org.mdev4j.sim.ap.ApPanel;
import org.mdev4j.sim.ap.config.ApConfig;
import org.mdev4j.sim.ap.hardware.SimulatedHardware;

/** Provides simulated AP hardware to a machine whose hardware says {@code ap}. */
public final class SimulatedApProvider implements ApHardwareProvider {
  @Override
  public Optional<ApHardware> hardware(ModuleContext context) {
    String description = context.machine().hardware().get(ApBus.HARDWARE);
    if (description == null) {
      return Optional.empty();
    }
    ApConfig config = ApConfig.parse(context.machine().name(), description);
    WorkQueue workers = context.workQueue("ap-queues");
    SimulatedHardware hardware =
        new SimulatedHardware(config, context.clock(), context.memory(), workers);
    context.provide(ApPanel.class, new OperatorPanel(context, hardware, workers));
    return Optional.of(hardware);
  }
}
