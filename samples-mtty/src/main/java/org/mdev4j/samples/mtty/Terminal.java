package org.mdev4j.samples.mtty;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.host.HostClock;

/**
 * A pseudo-terminal of this machine, for {@code screen} and its like: what is typed there comes in,
 * what goes out is shown there.
 *
 * <p>Nothing tells when somebody types, and a thread that waits for it would keep one of the host's
 * few; so a timer looks every few milliseconds, and as soon as the port has read all it had. It
 * takes no more than the receiver has room for; the rest waits in the terminal. What goes out while
 * nobody has read for long is lost, as on a wire.
 */
final class Terminal implements Line {
  private static final Duration PAUSE = Duration.ofMillis(5);

  private final PseudoTerminal terminal;
  private final HostClock clock;
  private @Nullable Uart port;
  private HostClock.@Nullable Timer timer;

  Terminal(PseudoTerminal terminal, HostClock clock) {
    this.terminal = terminal;
    this.clock = clock;
  }

  /** The file to open. */
  String path() {
    return terminal.path();
  }

  @Override
  public void connect(Uart itsPort) {
    port = itsPort;
    itsPort.modemInputs(UartBits.MSR_READY);
  }

  @Override
  public void send(int value) {
    terminal.write(value);
  }

  @Override
  public void receiverEmptied() {
    if (timer != null) {
      fill();
    }
  }

  @Override
  public void start() {
    if (timer == null) {
      timer = clock.schedule(PAUSE, this::timePassed);
    }
  }

  @Override
  public void stop() {
    if (timer != null) {
      timer.cancel();
      timer = null;
    }
  }

  @Override
  public void discard() {
    terminal.discardInput();
  }

  private void timePassed() {
    if (port != null) {
      port.underLock(this::look);
    }
  }

  private void look() {
    if (timer != null) {
      // This may be an older one that could not be cancelled any more.
      timer.cancel();
      fill();
      timer = clock.schedule(PAUSE, this::timePassed);
    }
  }

  private void fill() {
    if (port != null && port.room() > 0) {
      for (byte value : terminal.read(port.room())) {
        port.receive(Byte.toUnsignedInt(value));
      }
    }
  }
}
