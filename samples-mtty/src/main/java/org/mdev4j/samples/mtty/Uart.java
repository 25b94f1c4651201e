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
 * Four sources, of which {@code IIR} names the most urgent that is enabled and pending:
 *
 * <pre>
 *   IIR   source                          pending until
 *   0x06  receiver line status            LSR is read
 *   0x04  received data, level reached    fewer bytes than the level
 *   0x0c  received data, time-out         RBR is read, or a byte comes
 *   0x02  transmitter empty               IIR says so, or THR is written
 *   0x00  modem status                    MSR is read
 * </pre>
 *
 * <h2>Thread safety</h2>
 *
 * All methods but the constructor are called under the monitor of the card, which is {@code lock}; so
 * is the timer, which takes it itself.
 */
final class Uart {
  /** What the port is connected to. */
  interface Line {
    /** A byte goes out. */
    void send(int value);

    /** The line is held low for longer than a character. */
    void sendBreak();

    /** DTR and RTS as this port drives them, bits of {@code MCR}. */
    void outputsChanged(int modemControl);
  }

  private static final int CLOCK_BAUD = 115200;
  private static final int BITS_PER_CHARACTER = 10;
  private static final int TIMEOUT_CHARACTERS = 4;
  private static final int POWER_ON_DIVISOR = 12;

  private final Object lock;
  private final HostClock clock;
  private final Line line;
  private final Runnable interruptChanged;
  private final ReceiveFifo receiver = new ReceiveFifo();
  private int interruptEnable;
  private int fifoControl;
  private int lineControl;
  private int modemControl;
  private int scratch;
  private int divisor;
  private int modemInputs;
  private int modemDeltas;
  private boolean transmitterPending;
  private boolean timeoutPending;
  private long activity;
  private boolean timerRuns;

  /**
   * @param lock guards everything; the timer takes it
   * @param interruptChanged called when {@link #interrupt} may have changed
   */
  Uart(Object lock, HostClock clock, Line line, Runnable interruptChanged) {
    this.lock = lock;
    this.clock = clock;
    this.line = line;
    this.interruptChanged = interruptChanged;
    reset();
  }

  /** Puts all registers into their state after a master reset; the modem inputs stay. */
  void reset() {
    interruptEnable = 0;
    fifoControl = 0;
    lineControl = 0;
    modemControl = 0;
    scratch = 0;
    divisor = POWER_ON_DIVISOR;
    modemDeltas = 0;
    transmitterPending = false;
    timeoutPending = false;
    receiver.configure(false, 1);
    line.outputsChanged(modemControl);
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
      case MCR -> modemControl;
      case LSR -> readLineStatus();
      case MSR -> readModemStatus();
      default -> scratch;
    };
  }

  void write(int register, int value) {
    switch (register) {
      case THR -> {
        if (divisorLatch()) {
          divisor = divisor & 0xff00 | value;
        } else {
          transmit(value);
        }
      }
      case IER -> {
        if (divisorLatch()) {
          divisor = value << 8 | divisor & 0xff;
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

  /** A byte comes in from the line. */
  void receive(int value) {
    if (!looped()) {
      take(value, 0);
      interruptChanged.run();
    }
  }

  /** A break comes in from the line. */
  void receiveBreak() {
    if (!looped()) {
      take(0, LSR_BREAK);
      interruptChanged.run();
    }
  }

  /** The modem inputs of the line are now {@code inputs}: bits 4 to 7 of {@code MSR}. */
  void modemInputs(int inputs) {
    int before = modemStatus();
    modemInputs = inputs & MSR_INPUTS;
    noteModemChange(before);
    interruptChanged.run();
  }

  /** The modem inputs as they are without a look at {@code MCR}'s loop bit. */
  void connectModemInputs(int inputs) {
    modemInputs = inputs & MSR_INPUTS;
  }

  private boolean divisorLatch() {
    return (lineControl & LCR_DLAB) != 0;
  }

  private boolean looped() {
    return (modemControl & MCR_LOOP) != 0;
  }

  private int readReceiver() {
    int value = receiver.poll();
    noteActivity();
    interruptChanged.run();
    return value;
  }

  private void transmit(int value) {
    int sent = value & (0xff >> (3 - (lineControl & LCR_WORD_LENGTH)));
    transmitterPending = true;
    if (looped()) {
      take(sent, 0);
    } else {
      line.send(sent);
    }
  }

  private void take(int value, int errors) {
    receiver.offer(value, errors);
    noteActivity();
  }

  private void writeInterruptEnable(int value) {
    boolean before = (interruptEnable & IER_THRI) != 0;
    interruptEnable = value & IER_ALL;
    // The transmitter is empty: enabling its interrupt asks for it, each time anew.
    transmitterPending |= !before && (interruptEnable & IER_THRI) != 0;
    if ((interruptEnable & IER_RDI) != 0) {
      watchForTimeout();
    }
  }

  private void writeFifoControl(int value) {
    boolean enable = (value & FCR_ENABLE) != 0;
    if (enable != ((fifoControl & FCR_ENABLE) != 0) || (value & FCR_CLEAR_RECEIVER) != 0) {
      receiver.clear();
      timeoutPending = false;
    }
    fifoControl = enable ? value : 0;
    receiver.configure(enable, enable ? level(value) : 1);
  }

  private void writeLineControl(int value) {
    boolean breaks = (value & ~lineControl & LCR_BREAK) != 0;
    lineControl = value;
    if (breaks && looped()) {
      take(0, LSR_BREAK);
    } else if (breaks) {
      line.sendBreak();
    }
  }

  private void writeModemControl(int value) {
    int before = modemStatus();
    modemControl = value & MCR_ALL;
    noteModemChange(before);
    line.outputsChanged(looped() ? 0 : modemControl);
  }

  private int readIdentification() {
    int source = source();
    if (source == IIR_THRI) {
      transmitterPending = false;
      interruptChanged.run();
    }
    return source | ((fifoControl & FCR_ENABLE) != 0 ? IIR_FIFOS : 0);
  }

  private int readLineStatus() {
    int status = receiver.takeStatus() | LSR_THRE | LSR_TEMT;
    interruptChanged.run();
    return status;
  }

  private int readModemStatus() {
    int status = modemStatus() | modemDeltas;
    modemDeltas = 0;
    interruptChanged.run();
    return status;
  }

  /** The inputs that MSR shows: the line's, or the own outputs while looped. */
  private int modemStatus() {
    if (!looped()) {
      return modemInputs;
    }
    return ((modemControl & MCR_DTR) != 0 ? MSR_DSR : 0)
        | ((modemControl & MCR_RTS) != 0 ? MSR_CTS : 0)
        | ((modemControl & MCR_OUT1) != 0 ? MSR_RI : 0)
        | ((modemControl & MCR_OUT2) != 0 ? MSR_DCD : 0);
  }

  private void noteModemChange(int before) {
    int now = modemStatus();
    int changed = (before ^ now) & ~MSR_RI;
    // The ring indicator counts only when it ends.
    int rang = before & ~now & MSR_RI;
    modemDeltas |= (changed | rang) >> 4;
  }

  private int source() {
    if ((interruptEnable & IER_RLSI) != 0 && receiver.hasErrors()) {
      return IIR_RLSI;
    }
    if ((interruptEnable & IER_RDI) != 0 && receiver.levelReached()) {
      return IIR_RDI;
    }
    if ((interruptEnable & IER_RDI) != 0 && timeoutPending) {
      return IIR_TIMEOUT;
    }
    if ((interruptEnable & IER_THRI) != 0 && transmitterPending) {
      return IIR_THRI;
    }
    if ((interruptEnable & IER_MSI) != 0 && modemDeltas != 0) {
      return IIR_MSI;
    }
    return IIR_NONE;
  }

  /** A byte came or was read: the time-out starts anew. */
  private void noteActivity() {
    timeoutPending = false;
    activity++;
    watchForTimeout();
  }

  private boolean waitsForTimeout() {
    return (fifoControl & FCR_ENABLE) != 0
        && (interruptEnable & IER_RDI) != 0
        && !receiver.isEmpty()
        && !receiver.levelReached();
  }

  /** Sees to it that a timer runs while bytes wait below the level; one timer, not one per byte. */
  private void watchForTimeout() {
    if (!timerRuns && !timeoutPending && waitsForTimeout()) {
      timerRuns = true;
      long seen = activity;
      var _ = clock.schedule(timeout(), () -> timePassed(seen));
    }
  }

  private void timePassed(long seen) {
    synchronized (lock) {
      timerRuns = false;
      if (!waitsForTimeout()) {
        return;
      }
      if (activity == seen) {
        timeoutPending = true;
        interruptChanged.run();
      } else {
        watchForTimeout();
      }
    }
  }

  private Duration timeout() {
    long bits = (long) TIMEOUT_CHARACTERS * BITS_PER_CHARACTER * Math.max(1, divisor);
    return Duration.ofNanos(bits * 1_000_000_000 / CLOCK_BAUD);
  }

  /** The state of the port, for migration. */
  UartState save() {
    return new UartState(
        interruptEnable,
        fifoControl,
        lineControl,
        modemControl,
        scratch,
        divisor,
        modemInputs | modemDeltas,
        transmitterPending,
        receiver.save());
  }

  /** Takes over a saved state. */
  void load(UartState state) {
    interruptEnable = state.interruptEnable();
    fifoControl = state.fifoControl();
    lineControl = state.lineControl();
    modemControl = state.modemControl();
    scratch = state.scratch();
    divisor = state.divisor();
    modemDeltas = state.modemStatus() & ~MSR_INPUTS;
    transmitterPending = state.transmitterPending();
    timeoutPending = false;
    boolean fifos = (fifoControl & FCR_ENABLE) != 0;
    receiver.configure(fifos, fifos ? level(fifoControl) : 1);
    receiver.load(state.receiver());
    line.outputsChanged(looped() ? 0 : modemControl);
    noteActivity();
    interruptChanged.run();
  }
}
