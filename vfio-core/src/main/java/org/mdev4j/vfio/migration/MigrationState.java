package org.mdev4j.vfio.migration;

import java.util.List;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * The states of migration protocol v2 ({@code spec/vfio.md} 4.11), in the order of their numbers.
 * Which of them a device has is said by its {@link MigrationFeatures}.
 */
public enum MigrationState {
  /** The device is broken, only a reset helps. Never a target. */
  ERROR(0),
  /** It neither runs nor answers; its state does not change. */
  STOP(1),
  /** It works normally. */
  RUNNING(2),
  /** It is stopped and its state can be read from the data file. */
  STOP_COPY(3),
  /** It is stopped and a state can be written to the data file. */
  RESUMING(4),
  /** It works, but starts nothing towards other devices. */
  RUNNING_P2P(5),
  /** It works, and a first part of its state can be read from the data file. */
  PRE_COPY(6),
  /** Both {@link #PRE_COPY} and {@link #RUNNING_P2P}. */
  PRE_COPY_P2P(7);

  private static final List<MigrationState> BY_NUMBER = List.of(values());

  private final int number;

  MigrationState(int number) {
    this.number = number;
  }

  /** The number in a feature request. */
  public int number() {
    return number;
  }

  /** The device is still at work while its state is being read. */
  public boolean isPreCopy() {
    return this == PRE_COPY || this == PRE_COPY_P2P;
  }

  /** There is a session in which the device's state can be read. */
  public boolean isSaving() {
    return isPreCopy() || this == STOP_COPY;
  }

  /**
   * The state of that number.
   *
   * @throws ErrnoException {@code EINVAL} if there is none
   */
  public static MigrationState of(int number) {
    if (number < 0 || number >= BY_NUMBER.size()) {
      throw new ErrnoException(
          Errno.EINVAL, "no migration state has the number " + Integer.toUnsignedString(number));
    }
    return BY_NUMBER.get(number);
  }
}
