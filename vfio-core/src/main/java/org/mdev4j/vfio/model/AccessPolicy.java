package org.mdev4j.vfio.model;

import org.mdev4j.device.errno.Errno;

/** How reads and writes of a device file reach a device, beyond what its regions say. */
public enum AccessPolicy {
  /**
   * Accesses are split into aligned pieces. The file's own position moves with what was read or
   * written; an access that no region takes is {@code EFAULT}.
   */
  SPLIT(true, Errno.EFAULT),

  /**
   * The device takes each access whole and at the place that it names. The file's own position
   * stays at 0; an access that no region takes is {@code EINVAL}.
   */
  WHOLE(false, Errno.EINVAL),

  /**
   * The device has no regions and knows no requests about them: these, those about displays, and,
   * if it has no interrupts, those about interrupts are {@code EOPNOTSUPP}; reading, writing and
   * mapping are {@code EINVAL}.
   */
  NONE(false, Errno.EINVAL);

  private final boolean advances;
  private final Errno outside;

  AccessPolicy(boolean advances, Errno outside) {
    this.advances = advances;
    this.outside = outside;
  }

  /** Whether plain reads and writes move the file's own position. */
  public boolean advances() {
    return advances;
  }

  /** What an access is refused with that no region takes. */
  public Errno outside() {
    return outside;
  }
}
