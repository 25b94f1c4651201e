package org.mdev4j.device.nio;

import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.sysfs.SysfsNode;

/**
 * What those hear who want to change the tree through its files. They are refused in any case; but
 * a path that leads nowhere, or a name that is taken, is said first, as a real sysfs does.
 */
final class Changes {
  private final SysfsFileSystem fileSystem;

  Changes(SysfsFileSystem fileSystem) {
    this.fileSystem = fileSystem;
  }

  /**
   * To who makes {@code path}.
   *
   * @param verdict the errno if {@code path} is free and its directory exists: {@code EACCES} for a
   *     file, {@code EPERM} for all else
   */
  ErrnoException creation(SysfsPath path, Errno verdict) {
    ErrnoException missing = missing(path, false);
    if (missing == null) {
      return new ErrnoException(Errno.EEXIST, path + " exists");
    }
    SysfsPath parent = path.toAbsolutePath().getParent();
    if (missing.errno() != Errno.ENOENT || parent == null) {
      return missing;
    }
    ErrnoException parentMissing = missing(parent, true);
    return parentMissing != null
        ? parentMissing
        : new ErrnoException(verdict, "only the host makes something like " + path);
  }

  /** To who removes {@code path}. */
  ErrnoException removal(SysfsPath path) {
    ErrnoException missing = missing(path, false);
    return missing != null
        ? missing
        : new ErrnoException(Errno.EPERM, "only the host removes something like " + path);
  }

  /**
   * To who puts something else at {@code target}.
   *
   * @param replaces whether what is there is to go
   * @param verdict as of {@link #creation}
   */
  ErrnoException replacement(SysfsPath target, boolean replaces, Errno verdict) {
    ErrnoException refusal = creation(target, verdict);
    return refusal.errno() == Errno.EEXIST && replaces ? removal(target) : refusal;
  }

  /** Whether {@code path} names {@code node}: then there is nothing to change. */
  boolean isAt(SysfsPath path, SysfsNode node, boolean followLast) {
    try {
      return fileSystem.node(path, followLast) == node;
    } catch (ErrnoException missing) {
      return false;
    }
  }

  /** Why there is nothing at {@code path}, or null if there is something. */
  private @Nullable ErrnoException missing(SysfsPath path, boolean followLast) {
    try {
      var _ = fileSystem.node(path, followLast);
      return null;
    } catch (ErrnoException refusal) {
      return refusal;
    }
  }
}
