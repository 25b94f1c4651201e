package org.mdev4j.samples.mtty;

import static org.mdev4j.samples.mtty.UartBits.*;

import java.util.List;
import org.jspecify.annotations.Nullable;

/** One end of a null modem: data crossed, RTS to CTS, DTR to DSR and carrier. */
final class NullModem implements Line {
  private @Nullable NullModem other;
  private @Nullable Uart port;

  /** An end that leads nowhere. */
  static Line unplugged() {
    return new NullModem();
  }

  /** The two ends of a cable. */
  static List<Line> cable() {
    NullModem one = new NullModem();
    NullModem two = new NullModem();
    one.other = two;
    two.other = one;
    return List.of(one, two);
  }

  @Override
  public void connect(Uart itsPort) {
    port = itsPort;
  }

  @Override
  public void send(int value) {
    Uart far = far();
    if (far != null) {
      far.receive(value);
    }
  }

  @Override
  public void sendBreak() {
    Uart far = far();
    if (far != null) {
      far.receiveBreak();
    }
  }

  @Override
  public void outputsChanged(int modemControl) {
    Uart far = far();
    if (far != null) {
      boolean ready = (modemControl & MCR_DTR) != 0;
      boolean clear = (modemControl & MCR_RTS) != 0;
      far.modemInputs((ready ? MSR_DSR | MSR_DCD : 0) | (clear ? MSR_CTS : 0));
    }
  }

  private @Nullable Uart far() {
    return other == null ? null : other.port;
  }
}
