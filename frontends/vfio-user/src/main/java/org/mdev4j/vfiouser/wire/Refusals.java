package org.mdev4j.vfiouser.wire;

import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/** The other side's refusals: the number of a header as an errno. */
final class Refusals {
  private static final int LARGEST = 4096;

  private Refusals() {}

  /**
   * @param number as it came: 0 and what no errno can be count as {@code EINVAL}, an errno that
   *     mdev4j has no name for as {@code EIO}
   */
  static ErrnoException of(int number, String what) {
    String message = what + " was refused by the other side: error " + number;
    if (number <= 0 || number > LARGEST) {
      return new ErrnoException(Errno.EINVAL, message);
    }
    for (Errno errno : Errno.values()) {
      if (errno.number() == number) {
        return new ErrnoException(errno, message);
      }
    }
    return new ErrnoException(Errno.EIO, message);
  }
}
