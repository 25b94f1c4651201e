package org.mdev4j.samples.mtty;

import static org.mdev4j.samples.mtty.UartBits.*;

import org.jspecify.annotations.Nullable;

/**
 * Where a port's outputs go: to another port, to the port itself, or nowhere.
 *
 * <p>Called under the card's monitor.
 */
final class Cable implements Uart.Line {
  private @Nullable Uart far;
  private boolean crossed;

  /** A null modem: data crossed, RTS to CTS, DTR to DSR and carrier. */
  void plugInto(Uart other) {
    far = other;
    crossed = true;
  }

  /** Back to the port it comes from, which sees a partner that is always ready. */
  void plugIntoItself(Uart port) {
    far = port;
    port.connectModemInputs(MSR_CTS | MSR_DSR | MSR_DCD);
  }

  @Override
  public void send(int value) {
    if (far != null) {
      far.receive(value);
    }
  }

  @Override
  public void sendBreak() {
    if (far != null) {
      far.receiveBreak();
    }
  }

  @Override
  public void outputsChanged(int modemControl) {
    if (far != null && crossed) {
      boolean ready = (modemControl & MCR_DTR) != 0;
      boolean clear = (modemControl & MCR_RTS) != 0;
      far.modemInputs((ready ? MSR_DSR | MSR_DCD : 0) | (clear ? MSR_CTS : 0));
    }
  }
}
