package org.mdev4j.driver.ccw.device;

import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/** The check that every access to a region passes first ({@code spec/ccw.md} 4.3). */
final class RegionBounds {
  private RegionBounds() {}

  /**
   * Any part of a region may be accessed, at any alignment, and nothing beyond it.
   *
   * @throws ErrnoException {@code EINVAL}
   */
  static void check(long offset, long length, int size) {
    if (offset > size || length > size - offset) {
      throw new ErrnoException(
          Errno.EINVAL,
          String.format("%d bytes at %d do not fit in a region of %d bytes", length, offset, size));
    }
  }

  /**
   * The refusal of a write to a region that can only be read.
   *
   * @param what the region
   */
  static ErrnoException readOnly(String what) {
    return new ErrnoException(Errno.EINVAL, "the " + what + " region can't be written");
  }
}
