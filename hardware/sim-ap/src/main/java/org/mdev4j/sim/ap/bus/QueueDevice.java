package org.mdev4j.sim.ap.bus;

import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.device.sysfs.AttributeGroup;
import org.mdev4j.sim.ap.AdapterInterrupt;
import org.mdev4j.sim.ap.ApQueue;
import org.mdev4j.sim.ap.ApStatus;
import org.mdev4j.sim.ap.Apqn;
import org.mdev4j.sim.ap.Instruction;
import org.mdev4j.sim.ap.TestedQueue;
import org.mdev4j.sim.ap.hardware.ApHardware;
import org.mdev4j.sim.ap.hardware.QueueHardware;

/**
 * A queue on the bus.
 *
 * @param apqn its number
 * @param type hardware type of its card
 * @param hardware the machine
 */
record QueueDevice(Apqn apqn, int type, ApHardware hardware) implements ApQueue {
  @Override
  public TestedQueue tapq() {
    return hardware.tapq(apqn);
  }

  @Override
  public ApStatus zapq() {
    return hardware.reset(apqn, Instruction.ZAPQ);
  }

  @Override
  public ApStatus aqic(AdapterInterrupt control) {
    return hardware.aqic(apqn, control);
  }

  AttributeGroup attributes() {
    return AttributeGroup.of(
        "",
        Attribute.readOnly("config", () -> queue().isConfigured() ? 1 : 0),
        Attribute.readOnly("chkstop", () -> queue().isCheckstopped() ? 1 : 0),
        Attribute.readOnly("request_count", () -> queue().requestCount()),
        Attribute.readOnly("interrupt", this::interrupt),
        Attribute.readWrite(
            "reset",
            () -> queue().isResetting() ? "Reset in progress." : "No Reset action.",
            _ -> {
              var _ = hardware.reset(apqn, Instruction.RAPQ);
            }));
  }

  private String interrupt() {
    return switch (queue().interruptState()) {
      case OFF -> "Interrupts disabled.";
      case ENABLING -> "Enable Interrupt pending.";
      case ON, DISABLING -> "Interrupts enabled.";
    };
  }

  private QueueHardware queue() {
    return hardware.queue(apqn);
  }
}
