package org.mdev4j.samples.mtty;

import static org.mdev4j.samples.mtty.UartBits.*;

import java.time.Duration;
import org.mdev4j.device.host.HostClock;

/**
 * A 16550A: eight registers, two FIFOs of 16 bytes, one interrupt.
 *
 * <p>The transmitter takes no time: a byte that is written goes out at once, so the transmitter is
 * always empty. Only the character time-out of the receiver, four characters long, takes time.
 *
 * <h2>Interrupts</h2>
 *
 * Five sources, of which {@code IIR} names the most urgent that is enabled and pending:
 *
 * <pre>
 *   IIR   source                          pending until
 *   0x06  receiver line status            LSR is read
 *   0x04  received data, level reached    fewer bytes than the level
 *   0x0c  received data, time-out         RBR is read
 *   0x02  transmitter empty               IIR says so, or THR is written
 *   0x00  modem status                    MSR is read
 * </pre>
 *
 * A byte written to THR leaves the transmitter empty again at once, so its interrupt goes away and
 * comes back: the interrupt output shows both, for a user that counts edges.
 *
 * <h2>Thread safety</h2>
 *
 * All methods but the constructor and {@link #underLock} are called under the monitor of the card,
 * {@code lock}.
 */
final class Uart {
  private static final int CLOCK_BAUD = 115200;
  private static final int BITS_PER_CHARACTER = 10;
  private static final int TIMEOUT_CHARACTERS = 4;
  private static final int POWER_ON_DIVISOR = 12;

  private final Object lock;
  private final Line line;
  private final Runnable interruptChanged;
  private final ReceiveFifo receiver = new ReceiveFifo();
  private final ModemStatus modem = new ModemStatus();
  private final CharacterTimeout timeout;
  private int interruptEnable;
  private int fifoControl;
  private int lineControl;
  private int scratch;
  private int divisor = POWER_ON_DIVISOR;
  private boolean transmitterPending;

  /**
   * @param lock guards everything; the timer takes it
   * @param line where bytes go
   * @param interruptChanged called when {@link #interrupt} may have changed
   */
  Uart(Object lock, HostClock clock, Line line, Runnable interruptChanged) {
    this.lock = lock;
    this.line = line;
    this.interruptChanged = interruptChanged;
    timeout = new CharacterTimeout(lock, clock, this::lookAtTimeout);
  }

  /** Runs {@code action} under the card's monitor: for a line that does something by itself. */
  void underLock(Runnable action) {
    synchronized (lock) {
      action.run();
    }
  }

  /** From now on things happen by themselves: bytes come, time passes. */
  void start() {
    line.start();
    lookAtTimeout();
  }

  /** Nothing happens by itself until the next {@link #start}. */
  void stop() {
    line.stop();
    timeout.pause();
  }

  /** Drops what waits on the line: it was for another user. */
  void discard() {
    line.discard();
  }

  /**
   * Master reset: all registers as at power-on. What the modem's lines do meanwhile is forgotten by
   * {@link #setModemChanges}, once all ports that are wired to each other are reset.
   */
  void reset() {
    interruptEnable = 0;
    fifoControl = 0;
    lineControl = 0;
    scratch = 0;
    divisor = POWER_ON_DIVISOR;
    transmitterPending = false;
    timeout.reset();
    receiver.reset();
    modem.setControl(0);
    line.outputsChanged(0);
    interruptChanged.run();
  }

  /** Sets the bits of {@code MSR} that tell changes. */
  void setModemChanges(int bits) {
    modem.setChanges(bits);
    interruptChanged.run();
  }

  /** Whether the interrupt output is active. */
  boolean interrupt() {
    return source() != IIR_NONE;
  }

  int read(int register) {
    return switch (register) {
      case RBR -> divisorLatch() ? divisor & 0xff : readReceiver();
      case IER -> divisorLatch() ? divisor >> 8 : interruptEnable;
      case IIR -> readIdentification();
      case LCR -> lineControl;
      case MCR -> modem.control();
      case LSR -> readLineStatus();
      case MSR -> readModemStatus();
      default -> scratch;
    };
  }

  void write(int register, int value) {
    switch (register) {
      case THR -> {
        if (divisorLatch()) {
          divisor = (divisor & 0xff00) | value;
        } else {
          transmit(value);
        }
      }
      case IER -> {
        if (divisorLatch()) {
          divisor = value << 8 | (divisor & 0xff);
        } else {
          writeInterruptEnable(value);
        }
      }
      case FCR -> writeFifoControl(value);
      case LCR -> writeLineControl(value);
      case MCR -> writeModemControl(value);
      case SCR -> scratch = value;
      default -> {
        // LSR and MSR are for reading.
      }
    }
    interruptChanged.run();
  }

  /** How many bytes {@link #receive} can take now; none while looped, when it would lose them. */
  int room() {
    return modem.isLooped() ? 0 : receiver.room();
  }

  /** A byte comes in from the line. */
  void receive(int value) {
    if (!modem.isLooped()) {
      take(value, 0);
      interruptChanged.run();
    }
  }

  /** A break comes in from the line. */
  void receiveBreak() {
    if (!modem.isLooped()) {
      take(0, LSR_BREAK);
      interruptChanged.run();
    }
  }

  /** The modem inputs of the line are now {@code inputs}: bits 4 to 7 of {@code MSR}. */
  void modemInputs(int inputs) {
    modem.setWire(inputs);
    interruptChanged.run();
  }

  private boolean divisorLatch() {
    return (lineControl & LCR_DLAB) != 0;
  }

  private boolean fifosEnabled() {
    return (fifoControl & FCR_ENABLE) != 0;
  }

  /** Whether a break is on the wire, which it is not while looped. */
  private boolean breaking() {
    return (lineControl & LCR_BREAK) != 0 && !modem.isLooped();
  }

  private int readReceiver() {
    boolean empty = receiver.isEmpty();
    int value = receiver.poll();
    timeout.byteRead();
    if (!empty && receiver.isEmpty()) {
      line.receiverEmptied();
    }
    lookAtTimeout();
    return value;
  }

  private void transmit(int value) {
    transmitterPending = false;
    interruptChanged.run();
    int sent = value & (0xff >> (3 - (lineControl & LCR_WORD_LENGTH)));
    if (modem.isLooped()) {
      take(sent, 0);
    } else if (!breaking()) {
      line.send(sent);
    }
    transmitterPending = true;
  }

  private void take(int value, int errors) {
    receiver.offer(value, errors);
    timeout.byteCame();
    watchForTimeout();
  }

  private void writeInterruptEnable(int value) {
    boolean before = (interruptEnable & IER_THRI) != 0;
    interruptEnable = value & IER_ALL;
    // The transmitter is empty: enabling its interrupt asks for it, each time anew.
    transmitterPending |= !before && (interruptEnable & IER_THRI) != 0;
    watchForTimeout();
  }

  private void writeFifoControl(int value) {
    boolean enable = (value & FCR_ENABLE) != 0;
    // Without the enable bit the others are not looked at.
    if (enable != fifosEnabled() || (enable && (value & FCR_CLEAR_RECEIVER) != 0)) {
      receiver.clear();
      timeout.byteRead();
    }
    fifoControl = enable ? value & FCR_STORED : 0;
    configureReceiver();
    watchForTimeout();
  }

  private void configureReceiver() {
    receiver.configure(fifosEnabled(), fifosEnabled() ? level(fifoControl) : 1);
  }

  private void writeLineControl(int value) {
    boolean before = breaking();
    lineControl = value;
    sendBreakUnless(before);
  }

  private void writeModemControl(int value) {
    boolean before = breaking();
    modem.setControl(value);
    line.outputsChanged(modem.outputs());
    sendBreakUnless(before);
  }

  private void sendBreakUnless(boolean before) {
    if (!before && breaking()) {
      line.sendBreak();
    }
  }

  private int readIdentification() {
    int source = source();
    if (source == IIR_THRI) {
      transmitterPending = false;
      interruptChanged.run();
    }
    return source | (fifosEnabled() ? IIR_FIFOS : 0);
  }

  private int readLineStatus() {
    int status = receiver.takeStatus() | LSR_THRE | LSR_TEMT;
    interruptChanged.run();
    return status;
  }

  private int readModemStatus() {
    int status = modem.status();
    modem.setChanges(0);
    interruptChanged.run();
    return status;
  }

  private int source() {
    if ((interruptEnable & IER_RLSI) != 0 && receiver.hasErrors()) {
      return IIR_RLSI;
    }
    if ((interruptEnable & IER_RDI) != 0 && receiver.levelReached()) {
      return IIR_RDI;
    }
    if ((interruptEnable & IER_RDI) != 0 && timeout.isPending()) {
      return IIR_TIMEOUT;
    }
    if ((interruptEnable & IER_THRI) != 0 && transmitterPending) {
      return IIR_THRI;
    }
    if ((interruptEnable & IER_MSI) != 0 && modem.hasChanged()) {
      return IIR_MSI;
    }
    return IIR_NONE;
  }

  private void watchForTimeout() {
    if (fifosEnabled()
        && (interruptEnable & IER_RDI) != 0
        && !receiver.isEmpty()
        && !receiver.levelReached()) {
      timeout.watch(timeoutLength());
    }
  }

  private void lookAtTimeout() {
    watchForTimeout();
    interruptChanged.run();
  }

  private Duration timeoutLength() {
    long bits = (long) TIMEOUT_CHARACTERS * BITS_PER_CHARACTER * Math.max(1, divisor);
    return Duration.ofNanos(bits * 1_000_000_000 / CLOCK_BAUD);
  }

  /** The state of the port, for migration. */
  UartState save() {
    return new UartState(
        interruptEnable,
        fifoControl,
        lineControl,
        modem.control(),
        scratch,
        divisor,
        modem.status(),
        receiver.save());
  }

  /**
   * Takes over a saved state, all but the modem's changes: {@link #setModemChanges} is for these.
   */
  void load(UartState state) {
    reset();
    interruptEnable = state.interruptEnable();
    fifoControl = state.fifoControl() & FCR_STORED;
    lineControl = state.lineControl();
    scratch = state.scratch();
    divisor = state.divisor();
    // The transmitter is empty, so an interrupt that is enabled may be asked for once more.
    transmitterPending = (interruptEnable & IER_THRI) != 0;
    modem.setControl(state.modemControl());
    configureReceiver();
    receiver.load(state.receiver());
    timeout.byteCame();
    line.outputsChanged(modem.outputs());
    interruptChanged.run();
  }
}
