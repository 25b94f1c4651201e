package org.mdev4j.vfio.migration;

import java.lang.foreign.MemorySegment;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * A feature of DEVICE_FEATURE: which operations it has, how much data it needs, and what it does.
 *
 * <p>Immutable.
 *
 * @param operations {@link DeviceFeatures#GET}, {@link DeviceFeatures#SET}
 * @param size bytes of its structure
 */
record Feature(int operations, int size, Action action) {
  /** Does what was asked for, when everything about the request itself was found right. */
  @FunctionalInterface
  interface Action {
    void run(Request request);
  }

  /**
   * One request.
   *
   * @param flags with exactly one of {@code GET} and {@code SET}, which the feature has
   * @param data the user's structure, of the feature's size or more
   */
  record Request(int flags, MemorySegment data, DataFiles files, UserMemory memory) {
    boolean isGet() {
      return (flags & DeviceFeatures.GET) != 0;
    }

    /**
     * The memory to which the structure points.
     *
     * @throws ErrnoException {@code EFAULT} if it is not there
     */
    MemorySegment resolve(long address, long size) {
      MemorySegment memory = memory().at(address, size);
      if (memory == null || memory.byteSize() < size) {
        throw new ErrnoException(
            Errno.EFAULT,
            "no memory of " + size + " bytes at 0x" + Long.toHexString(address) + " of the user");
      }
      return memory;
    }
  }
}
