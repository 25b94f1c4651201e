// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.sim.ap.panel;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.mdev4j.ap.ApGuest;
import org.mdev4j.ap.ApMatrix;
import org.mdev4j.ap.ApStatus;
import org.mdev4j.ap.Apqn;
import org.mdev4j.ap.GuestFeatures;
import org.mdev4j.device.host.ModuleContext;
import org.mdev4j.device.host.WorkQueue;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.sim.ap.ApPanel;
import org.mdev4j.sim.ap.Instruction;
import org.mdev4j.sim.ap.config.ApConfig;
import org.mdev4j.sim.ap.guest.SimulatedGuest;
import org.mdev4j.sim.ap.hardware.SimulatedHardware;

/** The panel: changes the hardware, which reports that to the bus, and starts guests on it. */
public final class OperatorPanel implements ApPanel {
  private final SimulatedHardware hardware;
  private final WorkQueue workers;
  private final GuestFiles guestFiles;
  private final ConcurrentMap<String, ApGuest> guests = new ConcurrentSkipListMap<>();

  /**
   * Adds the panel's files to the tree, until the module's scope is closed.
   *
   * @param workers the queue on which the hardware answers requests
   */
  public OperatorPanel(ModuleContext module, SimulatedHardware hardware, WorkQueue workers) {
    this.hardware = hardware;
    this.workers = workers;
    guestFiles = new GuestFiles(module.devices().tree(), this, module.scope());
    new PanelFiles(hardware, this).addTo(module.devices().tree(), module.scope());
  }

  @Override
  public void configure(ApMatrix matrix) {
    hardware.configure(matrix);
  }

  @Override
  public void plug(String description) {
    hardware.plug(ApConfig.card(description));
  }

  @Override
  public void setConfigured(int adapter, boolean on) {
    hardware.setConfigured(adapter, on);
  }

  @Override
  public void setConfigured(Apqn apqn, boolean on) {
    hardware.setConfigured(apqn, on);
  }

  @Override
  public void setCheckstopped(Apqn apqn, boolean stopped) {
    hardware.setCheckstopped(apqn, stopped);
  }

  @Override
  public void setTimes(Duration message, Duration reset, Duration interrupts) {
    hardware.setTimes(message, reset, interrupts);
  }

  @Override
  public void answerNext(Apqn apqn, Instruction instruction, ApStatus... answers) {
    hardware.answerNext(apqn, instruction, List.of(answers));
  }

  @Override
  public long issued(Apqn apqn, Instruction instruction) {
    return hardware.queue(apqn).issued(instruction);
  }

  @Override
  public void scan() {
    hardware.report();
  }

  @Override
  public ApGuest guest(String name, GuestFeatures features) {
    return guests.computeIfAbsent(name, _ -> start(name, features));
  }

  @Override
  public List<ApGuest> guests() {
    return new ArrayList<>(guests.values());
  }

  private ApGuest start(String name, GuestFeatures features) {
    SysfsDirectory home = guestFiles.add(name);
    ApGuest guest =
        new SimulatedGuest(
            name,
            features,
            hardware,
            () -> {
              guests.remove(name);
              guestFiles.remove(home);
            });
    guestFiles.fill(home, guest);
    return guest;
  }

  @Override
  public void settle() {
    workers.flush();
  }
}
