package org.mdev4j.cli.device;

import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.List;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.DeviceFile;
import org.mdev4j.vfio.RegionInfo;
import org.mdev4j.vfio.irq.EventCounter;
import org.mdev4j.vfio.irq.IrqSet;

/**
 * Sends bytes through the first port of a serial card and receives what comes back, as a guest's
 * 8250 driver does: by interrupts, 16 bytes at a time.
 */
public final class SerialTalk {
  private static final int DATA = 0;
  private static final int INTERRUPT_ENABLE = 1;
  private static final int IDENTIFICATION = 2;
  private static final int FIFO_CONTROL = 2;
  private static final int LINE_CONTROL = 3;
  private static final int MODEM_CONTROL = 4;
  private static final int LINE_STATUS = 5;
  private static final int DATA_READY = 0x01;
  private static final int EIGHT_BITS = 0x03;
  private static final int FIFOS_CLEARED = 0x07;
  private static final int READY_FOR_TRAFFIC = 0x0b;
  private static final int RECEIVE_AND_TRANSMIT = 0x03;
  private static final int NOTHING_PENDING = 0x01;
  private static final int SOURCE = 0x0f;
  private static final int TRANSMITTER_EMPTY = 0x02;
  private static final int FIFO_SIZE = 16;
  private static final int IRQ_HEADER = 20;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  private final DeviceFile device;
  private final long port;
  private final MemorySegment register = MemorySegment.ofArray(new byte[1]);
  private final EventCounter interrupt = new EventCounter();
  private int interrupts;

  public SerialTalk(DeviceFile device) {
    this.device = device;
    port = device.regionInfo(RegionInfo.SIZE, 0).offset();
  }

  /** How many interrupts the last exchange took. */
  public int interrupts() {
    return interrupts;
  }

  /**
   * Sends {@code message} and returns the same number of received bytes.
   *
   * @throws ErrnoException {@code ETIMEDOUT} if they don't come
   */
  public byte[] exchange(byte[] message) throws InterruptedException {
    interrupts = 0;
    setInterrupt(IrqSet.DATA_EVENTFD | IrqSet.ACTION_TRIGGER);
    write(LINE_CONTROL, EIGHT_BITS);
    write(FIFO_CONTROL, FIFOS_CLEARED);
    write(MODEM_CONTROL, READY_FOR_TRAFFIC);
    write(INTERRUPT_ENABLE, RECEIVE_AND_TRANSMIT);
    ByteArrayOutputStream received = new ByteArrayOutputStream();
    int sent = 0;
    while (received.size() < message.length) {
      if (!interrupt.await(PATIENCE)) {
        throw new ErrnoException(
            Errno.ETIMEDOUT, "only " + received.size() + " of " + message.length + " bytes came");
      }
      interrupts += (int) interrupt.take();
      sent = serve(message, sent, received);
      setInterrupt(IrqSet.DATA_NONE | IrqSet.ACTION_UNMASK);
    }
    write(INTERRUPT_ENABLE, 0);
    return received.toByteArray();
  }

  private int serve(byte[] message, int alreadySent, ByteArrayOutputStream received) {
    int sent = alreadySent;
    int source = read(IDENTIFICATION) & SOURCE;
    while (source != NOTHING_PENDING) {
      while ((read(LINE_STATUS) & DATA_READY) != 0) {
        received.write(read(DATA));
      }
      if (source == TRANSMITTER_EMPTY) {
        int end = Math.min(message.length, sent + FIFO_SIZE);
        while (sent < end) {
          write(DATA, message[sent++]);
        }
      }
      source = read(IDENTIFICATION) & SOURCE;
    }
    return sent;
  }

  private void setInterrupt(int flags) {
    device.setIrqs(
        new IrqSet(
            IRQ_HEADER + Integer.BYTES, flags, 0, 0, 1, new byte[0], List.of(() -> interrupt)));
  }

  private int read(int offset) {
    device.read(port + offset, register);
    return register.get(ValueLayout.JAVA_BYTE, 0) & 0xff;
  }

  private void write(int offset, int value) {
    register.set(ValueLayout.JAVA_BYTE, 0, (byte) value);
    device.write(port + offset, register);
  }
}
