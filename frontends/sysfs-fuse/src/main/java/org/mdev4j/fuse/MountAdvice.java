package org.mdev4j.fuse;

import java.nio.file.Path;
import java.util.Arrays;
import org.mdev4j.device.errno.Errno;

/** What to say when something can't be mounted: what is missing, and what to do. */
final class MountAdvice {
  private static final String RIGHTS =
      "run it as root, or inside a user namespace"
          + " (such as: unshare --map-root-user --mount mdev ...)";

  private MountAdvice() {}

  /** {@code /dev/fuse} can't be opened. */
  static String forDevice(int errno) {
    String reason =
        switch (named(errno)) {
          case ENOENT ->
              "there is no /dev/fuse; load the kernel's module (modprobe fuse), or give the device"
                  + " to the container (--device /dev/fuse)";
          case ENODEV, ENXIO -> "the kernel has no FUSE; load its module (modprobe fuse)";
          case EACCES, EPERM ->
              "/dev/fuse may not be opened; run it as root, or get read and write permission for"
                  + " the device";
          default -> "/dev/fuse can't be opened: errno " + errno;
        };
    return "can't mount: " + reason;
  }

  /** {@code mount} failed. */
  static String forMount(int errno, Path directory) {
    String reason =
        switch (named(errno)) {
          case EPERM, EACCES -> "that is not permitted; " + RIGHTS;
          case ENODEV -> "the kernel has no FUSE; load its module (modprobe fuse)";
          case ENOENT -> "the directory is not there";
          case ENOTDIR -> "that is no directory";
          default -> "errno " + errno;
        };
    return "can't mount at " + directory + ": " + reason;
  }

  /** A mount namespace can't be had. */
  static String forNamespace(int errno) {
    String reason =
        switch (named(errno)) {
          case EPERM -> "that is not permitted; " + RIGHTS;
          case ENOSPC -> "there are too many already (/proc/sys/user/max_mnt_namespaces)";
          default -> "errno " + errno;
        };
    return "can't make a mount namespace: " + reason;
  }

  private static Errno named(int errno) {
    return Arrays.stream(Errno.values())
        .filter(known -> known.number() == errno)
        .findFirst()
        .orElse(Errno.EIO);
  }
}
