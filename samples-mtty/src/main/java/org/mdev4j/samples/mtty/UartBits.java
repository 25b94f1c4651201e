package org.mdev4j.samples.mtty;

/** Registers of a 16550A and their bits, by the names of its data sheet. */
final class UartBits {
  static final int RBR = 0;
  static final int THR = 0;
  static final int IER = 1;
  static final int IIR = 2;
  static final int FCR = 2;
  static final int LCR = 3;
  static final int MCR = 4;
  static final int LSR = 5;
  static final int MSR = 6;
  static final int SCR = 7;

  /** Bytes that a port takes in the address space. */
  static final int REGISTERS = 8;

  static final int IER_RDI = 0x01;
  static final int IER_THRI = 0x02;
  static final int IER_RLSI = 0x04;
  static final int IER_MSI = 0x08;
  static final int IER_ALL = 0x0f;

  static final int IIR_MSI = 0x00;
  static final int IIR_NONE = 0x01;
  static final int IIR_THRI = 0x02;
  static final int IIR_RDI = 0x04;
  static final int IIR_RLSI = 0x06;
  static final int IIR_TIMEOUT = 0x0c;
  static final int IIR_FIFOS = 0xc0;

  static final int FCR_ENABLE = 0x01;
  static final int FCR_CLEAR_RECEIVER = 0x02;

  /** The bits that stay: enable, DMA mode and the level. */
  static final int FCR_STORED = 0xc9;

  static final int LCR_WORD_LENGTH = 0x03;
  static final int LCR_BREAK = 0x40;
  static final int LCR_DLAB = 0x80;

  static final int MCR_DTR = 0x01;
  static final int MCR_RTS = 0x02;
  static final int MCR_OUT1 = 0x04;
  static final int MCR_OUT2 = 0x08;
  static final int MCR_LOOP = 0x10;
  static final int MCR_ALL = 0x1f;

  static final int LSR_DATA_READY = 0x01;
  static final int LSR_OVERRUN = 0x02;
  static final int LSR_BREAK = 0x10;
  static final int LSR_THRE = 0x20;
  static final int LSR_TEMT = 0x40;
  static final int LSR_FIFO_ERROR = 0x80;

  static final int MSR_CTS = 0x10;
  static final int MSR_DSR = 0x20;
  static final int MSR_RI = 0x40;
  static final int MSR_DCD = 0x80;
  static final int MSR_INPUTS = 0xf0;

  /** A partner that is there and can take bytes. */
  static final int MSR_READY = MSR_CTS | MSR_DSR | MSR_DCD;

  private UartBits() {}

  /** The receiver's level by the top two bits of FCR. */
  static int level(int fifoControl) {
    return switch (fifoControl >> 6) {
      case 0 -> 1;
      case 1 -> 4;
      case 2 -> 8;
      default -> 14;
    };
  }
}
