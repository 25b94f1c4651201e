package org.mdev4j.vfio.migration;

/** Where a user's open files are: gives each new data file a number. */
@FunctionalInterface
public interface DataFiles {
  /**
   * Makes {@code file} the user's, who is to close it.
   *
   * @return its number, 0 or more
   * @throws org.mdev4j.device.errno.ErrnoException if there is no room for it
   */
  int publish(DataFile file);
}
