package org.mdev4j.replay.probe;

import org.mdev4j.device.sysfs.SysfsDirectory;

/**
 * An open directory.
 *
 * @param directory the directory, which may be gone by now
 */
public record DirectoryFd(SysfsDirectory directory) implements AutoCloseable {
  @Override
  public void close() {}
}
