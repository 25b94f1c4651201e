package org.mdev4j.sim.ap.bus;

import java.time.Duration;
import java.util.List;
import org.mdev4j.device.host.WorkQueue;
import org.mdev4j.sim.ap.ApMatrix;
import org.mdev4j.sim.ap.ApPanel;
import org.mdev4j.sim.ap.ApStatus;
import org.mdev4j.sim.ap.Apqn;
import org.mdev4j.sim.ap.Instruction;
import org.mdev4j.sim.ap.config.ApConfig;
import org.mdev4j.sim.ap.hardware.ApHardware;

/** The panel: changes the hardware, and has the bus look at it. */
final class OperatorPanel implements ApPanel {
  private final ApHardware hardware;
  private final BusScan scan;
  private final WorkQueue workers;

  OperatorPanel(ApHardware hardware, BusScan scan, WorkQueue workers) {
    this.hardware = hardware;
    this.scan = scan;
    this.workers = workers;
  }

  @Override
  public void configure(ApMatrix matrix) {
    hardware.configure(matrix);
    scan.run();
  }

  @Override
  public void plug(String description) {
    hardware.plug(ApConfig.card(description));
    scan.run();
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
    scan.run();
  }

  @Override
  public void settle() {
    workers.flush();
  }
}
