package org.mdev4j.samples.mtty;

import static org.mdev4j.samples.mtty.UartBits.*;

/**
 * The receiver of a 16550A: 16 bytes with their errors, or one when FIFOs are off.
 *
 * <p>Called under the card's monitor.
 */
final class ReceiveFifo {
  /** How many bytes there is room for. */
  static final int SIZE = 16;

  private final int[] entries = new int[SIZE];
  private int head;
  private int count;
  private int capacity = 1;
  private int level = 1;
  private boolean overrun;

  /** Sets capacity and level; bytes that are stored stay. */
  void configure(boolean fifo, int receiveLevel) {
    capacity = fifo ? SIZE : 1;
    level = receiveLevel;
  }

  void clear() {
    head = 0;
    count = 0;
    overrun = false;
  }

  boolean isEmpty() {
    return count == 0;
  }

  boolean levelReached() {
    return count >= level;
  }

  /** Stores a byte with its error bits of LSR; one too many is lost and noted as overrun. */
  void offer(int value, int errors) {
    if (count >= capacity) {
      overrun = true;
      return;
    }
    entries[(head + count) % SIZE] = errors << 8 | value;
    count++;
  }

  /** Takes the oldest byte; 0 if there is none. */
  int poll() {
    if (count == 0) {
      return 0;
    }
    int value = entries[head] & 0xff;
    head = (head + 1) % SIZE;
    count--;
    return value;
  }

  /** Whether LSR has an error to show: an overrun, or one of the oldest byte. */
  boolean hasErrors() {
    return overrun || oldestErrors() != 0;
  }

  /** The receiver's bits of LSR; reading them clears the errors. */
  int takeStatus() {
    int status = count > 0 ? LSR_DATA_READY | oldestErrors() : 0;
    if (overrun) {
      status |= LSR_OVERRUN;
    }
    if (capacity == SIZE && anyErrors()) {
      status |= LSR_FIFO_ERROR;
    }
    overrun = false;
    if (count > 0) {
      entries[head] &= 0xff;
    }
    return status;
  }

  /** The stored bytes, oldest first, and whether one was lost. */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  record Saved(byte[] bytes, boolean overrun) {}

  Saved save() {
    byte[] bytes = new byte[count];
    for (int i = 0; i < count; i++) {
      bytes[i] = (byte) entries[(head + i) % SIZE];
    }
    return new Saved(bytes, overrun);
  }

  void load(Saved saved) {
    clear();
    for (byte value : saved.bytes()) {
      offer(Byte.toUnsignedInt(value), 0);
    }
    overrun = saved.overrun();
  }

  private int oldestErrors() {
    return count > 0 ? entries[head] >> 8 : 0;
  }

  private boolean anyErrors() {
    for (int i = 0; i < count; i++) {
      if (entries[(head + i) % SIZE] >> 8 != 0) {
        return true;
      }
    }
    return false;
  }
}
