package org.mdev4j.samples.mtty;

import static org.mdev4j.samples.mtty.UartBits.*;

/**
 * The modem's lines: what {@code MCR} drives and what {@code MSR} shows, which is the wire's
 * inputs, or the own outputs while the port is looped; and what has changed since the last look.
 *
 * <p>Called under the card's monitor.
 */
final class ModemStatus {
  private int control;
  private int wire;
  private int changes;

  /** {@code MCR}. */
  int control() {
    return control;
  }

  void setControl(int value) {
    int before = inputs();
    control = value & MCR_ALL;
    note(before);
  }

  /** The wire's inputs are now {@code inputs}, bits 4 to 7 of {@code MSR}. */
  void setWire(int inputs) {
    int before = inputs();
    wire = inputs & MSR_INPUTS;
    note(before);
  }

  boolean isLooped() {
    return (control & MCR_LOOP) != 0;
  }

  /** What is driven on the wire: nothing while the port is looped. */
  int outputs() {
    return isLooped() ? 0 : control;
  }

  boolean hasChanged() {
    return changes != 0;
  }

  /** {@code MSR}. */
  int status() {
    return inputs() | changes;
  }

  /** Replaces the four bits that tell changes. */
  void setChanges(int bits) {
    changes = bits & ~MSR_INPUTS;
  }

  private int inputs() {
    if (!isLooped()) {
      return wire;
    }
    return ((control & MCR_DTR) != 0 ? MSR_DSR : 0)
        | ((control & MCR_RTS) != 0 ? MSR_CTS : 0)
        | ((control & MCR_OUT1) != 0 ? MSR_RI : 0)
        | ((control & MCR_OUT2) != 0 ? MSR_DCD : 0);
  }

  private void note(int before) {
    int now = inputs();
    int changed = (before ^ now) & ~MSR_RI;
    // The ring indicator counts only when it ends.
    int rang = before & ~now & MSR_RI;
    changes |= (changed | rang) >> 4;
  }
}
