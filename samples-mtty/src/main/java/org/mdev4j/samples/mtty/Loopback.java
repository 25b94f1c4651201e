package org.mdev4j.samples.mtty;

import static org.mdev4j.samples.mtty.UartBits.*;

import org.jspecify.annotations.Nullable;

/** Back to the port it comes from, which sees a partner that is always ready. */
final class Loopback implements Line {
  private @Nullable Uart itself;

  @Override
  public void connect(Uart port) {
    itself = port;
    port.modemInputs(MSR_READY);
  }

  @Override
  public void send(int value) {
    if (itself != null) {
      itself.receive(value);
    }
  }

  @Override
  public void sendBreak() {
    if (itself != null) {
      itself.receiveBreak();
    }
  }
}
