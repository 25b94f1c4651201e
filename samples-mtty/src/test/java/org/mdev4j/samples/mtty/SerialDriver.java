package org.mdev4j.samples.mtty;

import static org.mdev4j.samples.mtty.UartBits.*;

import java.io.ByteArrayOutputStream;

/** What an operating system's serial driver does with one port, by registers only. */
final class SerialDriver {
  private static final int TRANSMIT_FIFO = 16;

  /** What a look at the port found. */
  enum Chip {
    NONE,
    WITHOUT_SCRATCH,
    WITHOUT_FIFO,
    BROKEN_FIFO,
    IS_16550A
  }

  private final OpenCard card;
  private final int port;
  private final ByteArrayOutputStream received = new ByteArrayOutputStream();
  private byte[] toSend = new byte[0];
  private int sent;
  int interrupts;
  int timeouts;
  int overruns;

  SerialDriver(OpenCard card, int port) {
    this.card = card;
    this.port = port;
  }

  private int in(int register) {
    return card.in(port, register);
  }

  private void out(int register, int value) {
    card.out(port, register, value);
  }

  /** Finds out what is there, and leaves it idle. */
  Chip probe() {
    out(IER, 0);
    if ((in(IER) & 0x0f) != 0) {
      return Chip.NONE;
    }
    out(IER, 0x0f);
    if (in(IER) != 0x0f) {
      return Chip.NONE;
    }
    out(IER, 0);
    int control = in(MCR);
    out(MCR, MCR_LOOP | MCR_OUT2 | MCR_RTS);
    int looped = in(MSR) & 0xf0;
    out(MCR, control);
    if (looped != 0x90) {
      return Chip.NONE;
    }
    for (int pattern : new int[] {0x55, 0xaa}) {
      out(SCR, pattern);
      if (in(SCR) != pattern) {
        return Chip.WITHOUT_SCRATCH;
      }
    }
    out(FCR, FCR_ENABLE);
    int id = in(IIR) >> 6;
    out(FCR, 0);
    return id == 3 ? Chip.IS_16550A : id == 2 ? Chip.BROKEN_FIFO : Chip.WITHOUT_FIFO;
  }

  /** Whether enabling the transmitter's interrupt asks for it each time, as it must. */
  boolean transmitterAsksAnew() {
    out(IER, IER_THRI);
    boolean first = (in(IIR) & IIR_NONE) == 0;
    out(IER, 0);
    out(IER, IER_THRI);
    boolean second = (in(IIR) & IIR_NONE) == 0;
    out(IER, 0);
    return first && second;
  }

  /** Counts how many bytes the FIFO holds, with the port looped. */
  int fifoSize() {
    out(LCR, 0x03);
    out(FCR, 0x07);
    out(MCR, MCR_LOOP);
    for (int i = 0; i < 64; i++) {
      out(THR, i);
    }
    int size = 0;
    while ((in(LSR) & LSR_DATA_READY) != 0) {
      in(RBR);
      size++;
    }
    out(MCR, 0);
    out(FCR, 0);
    return size;
  }

  /** Opens the port: speed, FIFOs with level 8, interrupts. */
  void start() {
    out(FCR, FCR_ENABLE);
    out(FCR, FCR_ENABLE | 0x06);
    out(FCR, 0);
    in(LSR);
    in(RBR);
    in(IIR);
    in(MSR);
    out(LCR, LCR_DLAB);
    out(0, 1);
    out(1, 0);
    out(LCR, 0x03);
    out(FCR, FCR_ENABLE | 0x80);
    out(MCR, MCR_DTR | MCR_RTS | MCR_OUT2);
    out(IER, IER_RLSI | IER_RDI);
  }

  void loop() {
    out(MCR, MCR_DTR | MCR_RTS | MCR_OUT2 | MCR_LOOP);
  }

  /** Sends when the transmitter's interrupt asks for it. */
  void send(byte[] bytes) {
    toSend = bytes;
    sent = 0;
    out(IER, IER_RLSI | IER_RDI | IER_THRI);
  }

  byte[] received() {
    return received.toByteArray();
  }

  int receivedCount() {
    return received.size();
  }

  boolean hasSentAll() {
    return sent == toSend.length;
  }

  /** The interrupt handler: whether this port asked for something. */
  boolean handle() {
    int id = in(IIR);
    if ((id & IIR_NONE) != 0) {
      return false;
    }
    interrupts++;
    timeouts += (id & 0x0f) == IIR_TIMEOUT ? 1 : 0;
    int status = in(LSR);
    while ((status & LSR_DATA_READY) != 0) {
      received.write(in(RBR));
      overruns += (status & LSR_OVERRUN) != 0 ? 1 : 0;
      status = in(LSR);
    }
    in(MSR);
    if ((status & LSR_THRE) != 0 && (id & 0x0f) == IIR_THRI) {
      transmit();
    }
    return true;
  }

  private void transmit() {
    for (int i = 0; i < TRANSMIT_FIFO && sent < toSend.length; i++) {
      out(THR, toSend[sent++]);
    }
    if (hasSentAll()) {
      out(IER, IER_RLSI | IER_RDI);
    }
  }
}
