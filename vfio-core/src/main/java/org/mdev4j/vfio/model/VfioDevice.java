package org.mdev4j.vfio.model;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.vfio.irq.IrqIndex;

/**
 * A device model: what a VFIO device is and does. A driver writes one; VFIO registers it, counts
 * its users and calls it.
 *
 * <p>What only some devices can do is an interface of its own that a model implements as well:
 * {@link Resettable}, {@link PinsMemory}, {@link Graphics}, {@link Migratable}, {@link LogsDma}.
 *
 * <h2>Thread safety</h2>
 *
 * {@link #open} and {@link #close} alternate strictly and never run at the same time; everything
 * else may be called by several threads at once while the device is open. What a model throws
 * reaches the caller: an {@link org.mdev4j.device.errno.ErrnoException} as its errno, anything else
 * as {@code EIO}; the device stays as the model left it.
 */
public interface VfioDevice {
  /** What kind of device it is. */
  DeviceApi api();

  /**
   * Whether requests about regions are known to it. Without them reading, writing and mapping are
   * {@code EINVAL}, and requests about regions, displays and, if it has none, interrupts are {@code
   * EOPNOTSUPP}.
   */
  default boolean hasRegions() {
    return true;
  }

  /** Number of regions that GET_INFO reports: the highest index and one. */
  default int regionCount() {
    return 0;
  }

  /**
   * The region of that index; null if there is no such index, which is {@code EINVAL} to a user. An
   * index that is not implemented has a region of size 0.
   */
  default @Nullable Region region(int index) {
    return null;
  }

  /** Where regions are in the device file. */
  default RegionLayout layout() {
    return RegionLayout.shifted(40);
  }

  /** The interrupts, by index. */
  default List<IrqIndex> irqs() {
    return List.of();
  }

  /**
   * The first user has come.
   *
   * @param context the user's memory and interrupts, valid until {@link #close} returns
   * @throws org.mdev4j.device.errno.ErrnoException to refuse; the device is as if never opened
   */
  default void open(DeviceContext context) {}

  /**
   * The last user has gone. Cannot fail: what {@link #open} started ends, and nothing of this user
   * is left for the next.
   */
  default void close() {}

  /**
   * Somebody wants the device back and waits: the model should ask its user to let go, for example
   * by signalling the REQ interrupt.
   *
   * @param count how often it was asked before: 0, 1, 2 ... while the waiting goes on, 10 s apart
   */
  default void request(int count) {}
}
