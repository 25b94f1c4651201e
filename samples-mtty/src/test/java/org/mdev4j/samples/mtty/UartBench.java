package org.mdev4j.samples.mtty;

import static org.mdev4j.samples.mtty.UartBits.*;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.mdev4j.device.host.ManualClock;

/** A port whose line is in the test's hand. */
final class UartBench {
  /** Four characters of 10 bits at 9600 baud, the speed after a reset. */
  static final Duration TIMEOUT = Duration.ofNanos(4L * 10 * 12 * 1_000_000_000 / 115200);

  final ManualClock clock = new ManualClock();
  final List<Integer> sent = new ArrayList<>();
  final List<Integer> outputs = new ArrayList<>();
  final Uart uart;
  int breaks;
  int emptied;
  int edges;
  private boolean asserted;

  UartBench() {
    Line line =
        new Line() {
          @Override
          public void connect(Uart port) {}

          @Override
          public void send(int value) {
            sent.add(value);
          }

          @Override
          public void sendBreak() {
            breaks++;
          }

          @Override
          public void outputsChanged(int modemControl) {
            outputs.add(modemControl);
          }

          @Override
          public void receiverEmptied() {
            emptied++;
          }
        };
    uart = new Uart(this, clock, line, this::changed);
  }

  private void changed() {
    boolean now = uart.interrupt();
    edges += now && !asserted ? 1 : 0;
    asserted = now;
  }

  synchronized int in(int register) {
    return uart.read(register);
  }

  synchronized void out(int register, int value) {
    uart.write(register, value);
  }

  void receive(int... values) {
    for (int value : values) {
      uart.receive(value);
    }
  }

  /** The number of bytes 1, 2, 3 ... */
  void receiveCount(int count) {
    for (int i = 1; i <= count; i++) {
      uart.receive(i);
    }
  }

  List<Integer> drain() {
    List<Integer> received = new ArrayList<>();
    while ((in(LSR) & LSR_DATA_READY) != 0) {
      received.add(in(RBR));
    }
    return received;
  }

  /** Reads what was received, and leaves the errors. */
  void drainQuietly() {
    for (int i = 0; i < ReceiveFifo.SIZE; i++) {
      in(RBR);
    }
  }

  void fifos(int level) {
    out(FCR, FCR_ENABLE | level << 6);
  }
}
