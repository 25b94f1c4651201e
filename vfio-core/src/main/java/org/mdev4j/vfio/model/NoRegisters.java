package org.mdev4j.vfio.model;

import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/** What is behind an index that is not implemented. */
enum NoRegisters implements Region.RegisterAccess {
  INSTANCE;

  @Override
  public long read(long offset, int width) {
    throw absent();
  }

  @Override
  public void write(long offset, int width, long value) {
    throw absent();
  }

  private static ErrnoException absent() {
    return new ErrnoException(Errno.EFAULT, "the region is not implemented");
  }
}
