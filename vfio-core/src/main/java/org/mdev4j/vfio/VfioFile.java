package org.mdev4j.vfio;

import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/** An open file of VFIO: a container, a group or a device. */
public sealed interface VfioFile extends AutoCloseable permits Container, GroupFile, DeviceFile {
  /** Who opened it. */
  String user();

  /**
   * An ioctl for which the file has no method.
   *
   * @return the refusal, to be thrown
   */
  default ErrnoException unknownRequest(int request) {
    return new ErrnoException(
        Errno.ENOTTY, String.format("%s does not know request 0x%x", this, request));
  }

  /** Closes the file. A second close does nothing. */
  @Override
  void close();
}
