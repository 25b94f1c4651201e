package org.mdev4j.vfio.irq;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * A SET_IRQS request ({@code spec/vfio.md} 4.5).
 *
 * @param argsz size of the user's structure in bytes, header and data
 * @param flags one data type and one action
 * @param index the interrupt index
 * @param start first interrupt
 * @param count how many
 * @param bools the data of {@link #DATA_BOOL}: one byte each
 * @param triggers the data of {@link #DATA_EVENTFD}: null for -1
 */
@SuppressWarnings("ArrayRecordComponent") // made of one request, and read while it is carried out
public record IrqSet(
    int argsz,
    int flags,
    int index,
    int start,
    int count,
    byte[] bools,
    List<@Nullable TriggerFd> triggers) {
  public static final int HEADER_SIZE = 20;
  public static final int DATA_NONE = 1;
  public static final int DATA_BOOL = 2;
  public static final int DATA_EVENTFD = 4;
  public static final int ACTION_MASK = 8;
  public static final int ACTION_UNMASK = 0x10;
  public static final int ACTION_TRIGGER = 0x20;
  static final int DATA_TYPES = DATA_NONE | DATA_BOOL | DATA_EVENTFD;
  static final int ACTIONS = ACTION_MASK | ACTION_UNMASK | ACTION_TRIGGER;

  /**
   * Checks that the data has an element for each of {@code count} interrupts.
   *
   * @throws ErrnoException {@code EINVAL} if it has not
   */
  public void checkData() {
    int elements =
        switch (dataType()) {
          case DATA_BOOL -> bools.length;
          case DATA_EVENTFD -> triggers.size();
          default -> Integer.MAX_VALUE;
        };
    if (Integer.compareUnsigned(elements, count) < 0) {
      throw new ErrnoException(
          Errno.EINVAL,
          elements + " elements of data for " + Integer.toUnsignedString(count) + " interrupts");
    }
  }

  int dataType() {
    return flags & DATA_TYPES;
  }

  int action() {
    return flags & ACTIONS;
  }

  /** Whether the request disables its index: nothing, triggered no times. */
  boolean disables() {
    return dataType() == DATA_NONE && action() == ACTION_TRIGGER && count == 0;
  }

  /** Whether interrupt {@code start + i} is meant: by DATA_NONE always, by DATA_BOOL if set. */
  boolean selects(int i) {
    return dataType() == DATA_NONE || bools[i] != 0;
  }
}
