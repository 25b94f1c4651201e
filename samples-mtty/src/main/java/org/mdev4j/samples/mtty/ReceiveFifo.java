package org.mdev4j.samples.mtty;

import static org.mdev4j.samples.mtty.UartBits.*;

/**
 * The receiver of a 16550A: 16 bytes with their errors, or one when FIFOs are off.
 *
 * <p>A byte's errors are shown from when it is the oldest until they are looked at, also if the
 * byte itself was read before.
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
  private int shownErrors;

  /** Sets capacity and level; bytes that are stored stay. */
  void configure(boolean fifo, int receiveLevel) {
    capacity = fifo ? SIZE : 1;
    level = receiveLevel;
  }

  /** Drops the bytes; errors that are shown stay. */
  void clear() {
    head = 0;
    count = 0;
  }

  /** Back to power-on: empty, one byte, no errors. */
  void reset() {
    clear();
    configure(false, 1);
    shownErrors = 0;
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** How many bytes more can be stored. */
  int room() {
    return Math.max(0, capacity - count);
  }

  boolean levelReached() {
    return count >= level;
  }

  /**
   * Stores a byte with its error bits of LSR. If there is no room a byte is lost, which is noted as
   * overrun: with FIFOs the new one, without them the one that was not read.
   */
  void offer(int value, int errors) {
    if (count < capacity) {
      count++;
    } else {
      shownErrors |= LSR_OVERRUN;
      if (capacity == SIZE) {
        return;
      }
    }
    entries[(head + count - 1) % SIZE] = errors << 8 | value;
    showErrors();
  }

  /** Takes the oldest byte; 0 if there is none. */
  int poll() {
    if (count == 0) {
      return 0;
    }
    int value = entries[head] & 0xff;
    head = (head + 1) % SIZE;
    count--;
    showErrors();
    return value;
  }

  /** Whether LSR has an error to show: an overrun, or one of the oldest byte. */
  boolean hasErrors() {
    return shownErrors != 0;
  }

  /** The receiver's bits of LSR; reading them clears the errors. */
  int takeStatus() {
    int status = shownErrors;
    if (count > 0) {
      status |= LSR_DATA_READY;
    }
    if (capacity == SIZE && ((shownErrors & LSR_BREAK) != 0 || anyErrors())) {
      status |= LSR_FIFO_ERROR;
    }
    shownErrors = 0;
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
    return new Saved(bytes, (shownErrors & LSR_OVERRUN) != 0);
  }

  /** Takes over what was saved, also more than {@link #configure} has room for. */
  void load(Saved saved) {
    head = 0;
    count = saved.bytes().length;
    for (int i = 0; i < count; i++) {
      entries[i] = Byte.toUnsignedInt(saved.bytes()[i]);
    }
    shownErrors = saved.overrun() ? LSR_OVERRUN : 0;
  }

  private void showErrors() {
    if (count > 0) {
      shownErrors |= entries[head] >> 8;
      entries[head] &= 0xff;
    }
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
