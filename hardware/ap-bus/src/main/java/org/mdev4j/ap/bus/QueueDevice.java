package org.mdev4j.ap.bus;

import org.mdev4j.ap.AdapterInterrupt;
import org.mdev4j.ap.ApQueue;
import org.mdev4j.ap.ApStatus;
import org.mdev4j.ap.Apqn;
import org.mdev4j.ap.TestedQueue;
import org.mdev4j.ap.hardware.ApHardware;
import org.mdev4j.ap.hardware.QueueState;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.device.sysfs.AttributeGroup;

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
    return hardware.zapq(apqn);
  }

  @Override
  public ApStatus aqic(AdapterInterrupt control) {
    return hardware.aqic(apqn, control);
  }

  AttributeGroup attributes() {
    return AttributeGroup.of(
        "",
        Attribute.readOnly("config", () -> state().configured() ? 1 : 0),
        Attribute.readOnly("chkstop", () -> state().checkstopped() ? 1 : 0),
        Attribute.readOnly("request_count", () -> state().requests()),
        Attribute.readOnly("interrupt", this::interrupt),
        Attribute.readWrite(
            "reset",
            () -> state().resetting() ? "Reset in progress." : "No Reset action.",
            _ -> {
              var _ = hardware.rapq(apqn);
            }));
  }

  private String interrupt() {
    return switch (state().interrupts()) {
      case OFF -> "Interrupts disabled.";
      case ENABLING -> "Enable Interrupt pending.";
      case ON, DISABLING -> "Interrupts enabled.";
    };
  }

  private QueueState state() {
    return hardware.state(apqn);
  }
}
