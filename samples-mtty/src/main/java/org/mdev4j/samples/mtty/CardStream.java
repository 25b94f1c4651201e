package org.mdev4j.samples.mtty;

import static org.mdev4j.samples.mtty.UartBits.*;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * The card's state as bytes, little-endian, as kernels from 6.7 have it ({@code spec/samples.md}
 * 1.7).
 *
 * <pre>
 *   header, 24 bytes:  0 magic u64, 8 major u32, 12 minor u32, 16 ports u32, 20 flags u32
 *   each port, 36:     0 registers, 8 FIFO, 24 head, 25 tail, 26 count, 27 DLAB, 28 overrun,
 *                      30 divisor u16, 32 FCR, 33 capacity, 34 level
 * </pre>
 */
final class CardStream {
  static final int HEADER_SIZE = 24;
  static final int PORT_SIZE = 36;

  private static final long MAGIC = 0x7e9d09898c3e2c4eL;
  private static final int MAJOR = 1;
  private static final int MINOR = 0;
  private static final int FIFO = 8;
  private static final int HEAD = 24;

  private CardStream() {}

  static long size(int ports) {
    return HEADER_SIZE + (long) PORT_SIZE * ports;
  }

  static byte[] header(int ports) {
    return buffer(HEADER_SIZE)
        .putLong(MAGIC)
        .putInt(MAJOR)
        .putInt(MINOR)
        .putInt(ports)
        .putInt(0)
        .array();
  }

  /**
   * @throws ErrnoException {@code EFAULT} if it is not the header of a card with so many ports
   */
  static void checkHeader(byte[] header, int ports) {
    ByteBuffer buffer = ByteBuffer.wrap(header).order(ByteOrder.LITTLE_ENDIAN);
    expect("magic", buffer.getLong(), MAGIC);
    expect("major version", buffer.getInt(), MAJOR);
    expect("minor version", buffer.getInt(), MINOR);
    expect("number of ports", buffer.getInt(), ports);
    expect("flags", buffer.getInt(), 0);
  }

  static byte[] ports(List<UartState> states) {
    byte[] bytes = new byte[PORT_SIZE * states.size()];
    ByteBuffer buffer = ByteBuffer.wrap(bytes);
    for (int i = 0; i < states.size(); i++) {
      put(buffer.slice(i * PORT_SIZE, PORT_SIZE).order(ByteOrder.LITTLE_ENDIAN), states.get(i));
    }
    return bytes;
  }

  /**
   * @throws ErrnoException {@code EINVAL} for a state that no port can be in
   */
  static List<UartState> ports(ByteBuffer bytes, int count) {
    List<UartState> states = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      states.add(get(bytes.slice(i * PORT_SIZE, PORT_SIZE).order(ByteOrder.LITTLE_ENDIAN)));
    }
    return states;
  }

  private static void put(ByteBuffer port, UartState state) {
    byte[] received = state.receiver().bytes();
    boolean fifos = (state.fifoControl() & FCR_ENABLE) != 0;
    port.put(IER, (byte) state.interruptEnable());
    port.put(LCR, (byte) state.lineControl());
    port.put(MCR, (byte) state.modemControl());
    port.put(MSR, (byte) state.modemStatus());
    port.put(SCR, (byte) state.scratch());
    port.put(FIFO, received);
    port.position(HEAD);
    port.put((byte) (received.length % ReceiveFifo.SIZE))
        .put((byte) 0)
        .put((byte) received.length)
        .put((byte) ((state.lineControl() & LCR_DLAB) != 0 ? 1 : 0))
        .put((byte) (state.receiver().overrun() ? 1 : 0))
        .put((byte) 0)
        .putShort((short) state.divisor())
        .put((byte) state.fifoControl())
        .put((byte) (fifos ? ReceiveFifo.SIZE : 1))
        .put((byte) (fifos ? level(state.fifoControl()) : 1));
  }

  private static UartState get(ByteBuffer port) {
    int head = port.get(HEAD);
    int tail = port.get(HEAD + 1);
    int count = port.get(HEAD + 2);
    int overrun = port.get(HEAD + 4);
    int capacity = port.get(HEAD + 9);
    int level = port.get(HEAD + 10);
    require(head >= 0 && head < ReceiveFifo.SIZE, "FIFO head", head);
    require(tail >= 0 && tail < ReceiveFifo.SIZE, "FIFO tail", tail);
    require(count >= 0 && count <= ReceiveFifo.SIZE, "FIFO count", count);
    require((head - tail - count) % ReceiveFifo.SIZE == 0, "FIFO head and tail for count", count);
    require(capacity == 1 || capacity == ReceiveFifo.SIZE, "FIFO capacity", capacity);
    require(List.of(0, 1, 4, 8, 14).contains(level), "receiver level", level);
    require(port.get(HEAD + 3) >> 1 == 0, "DLAB", port.get(HEAD + 3));
    require(overrun >> 1 == 0, "overrun", overrun);
    byte[] received = new byte[count];
    for (int i = 0; i < count; i++) {
      received[i] = port.get(FIFO + (tail + i) % ReceiveFifo.SIZE);
    }
    return new UartState(
        port.get(IER) & IER_ALL,
        port.get(HEAD + 8) & 0xff,
        port.get(LCR) & 0xff,
        port.get(MCR) & MCR_ALL,
        port.get(SCR) & 0xff,
        port.getShort(HEAD + 6) & 0xffff,
        port.get(MSR) & 0xff,
        new ReceiveFifo.Saved(received, overrun == 1));
  }

  private static void expect(String what, long found, long expected) {
    if (found != expected) {
      throw new ErrnoException(
          Errno.EFAULT, String.format("saved state: %s is 0x%x, not 0x%x", what, found, expected));
    }
  }

  private static void require(boolean valid, String what, int value) {
    if (!valid) {
      throw new ErrnoException(Errno.EINVAL, "saved state: no valid " + what + ": " + value);
    }
  }

  private static ByteBuffer buffer(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.LITTLE_ENDIAN);
  }
}
