package org.mdev4j.fuse;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.fuse.linux.Libc;
import org.mdev4j.fuse.linux.MountTable;
import org.mdev4j.fuse.linux.MountTable.Mount;

/** Looks whether a directory is fit to be mounted on, and clears away what a killed host left. */
final class MountPoint {
  /** The type of our mounts, in the mount table. */
  static final String TYPE = "fuse.mdev4j";

  private MountPoint() {}

  /**
   * The directory as it is called in the mount table, free of links.
   *
   * @throws MountException if it is no empty directory, or something is mounted there
   */
  static Path prepare(Path directory) throws IOException {
    Path place = canonical(directory);
    Optional<Mount> mount = MountTable.read().at(place);
    while (mount.isPresent()) {
      if (!mount.get().type().equals(TYPE)) {
        throw new MountException(
            String.format(
                "%s is a mount point already (%s); choose an empty directory",
                place, mount.get().type()));
      }
      removeStale(place);
      mount = MountTable.read().at(place);
    }
    if (!Files.isDirectory(place)) {
      throw new MountException(
          Files.exists(place)
              ? place + " is no directory"
              : "there is no directory " + place + "; make it first (mkdir " + place + ")");
    }
    try (Stream<Path> entries = Files.list(place)) {
      if (entries.findAny().isPresent()) {
        throw new MountException(
            place + " is not empty, and would be hidden; choose an empty directory");
      }
    }
    return place;
  }

  /** A dead mount can't be looked into, only its parent can. */
  private static Path canonical(Path directory) throws IOException {
    Path absolute = directory.toAbsolutePath().normalize();
    try {
      return absolute.toRealPath();
    } catch (IOException notThere) {
      Path parent = absolute.getParent();
      Path name = absolute.getFileName();
      if (parent == null || name == null || !Files.isDirectory(parent)) {
        return absolute;
      }
      return parent.toRealPath().resolve(name);
    }
  }

  private static void removeStale(Path place) throws MountException {
    int descriptor = Libc.open(place.toString(), Libc.O_RDONLY | Libc.O_CLOEXEC);
    if (descriptor >= 0) {
      Libc.close(descriptor);
      throw new MountException("another host is mounted at " + place + ", and alive");
    }
    if (descriptor != -Errno.ENOTCONN.number()) {
      throw new MountException(
          String.format("%s has a mount that answers errno %d", place, -descriptor));
    }
    int result = Libc.umount(place.toString(), Libc.MNT_DETACH);
    if (result < 0) {
      throw new MountException(
          String.format(
              "%s has the mount of a host that was killed, and it can't be removed (errno %d);"
                  + " as root: umount %s",
              place, -result, place));
    }
  }
}
