package org.mdev4j.device.nio;

import java.nio.file.AccessMode;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.sysfs.OpenMode;
import org.mdev4j.device.sysfs.SysfsAttribute;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.device.sysfs.SysfsFile;
import org.mdev4j.device.sysfs.SysfsLink;
import org.mdev4j.device.sysfs.SysfsNode;

/**
 * Who may open what. The caller is the superuser, whom permission bits don't stop; but an attribute
 * is refused to everybody in a direction for which nobody has a bit, or that it has no callback
 * for.
 */
final class Access {
  private final SysfsFileSystem fileSystem;
  private final Changes changes;

  Access(SysfsFileSystem fileSystem, Changes changes) {
    this.fileSystem = fileSystem;
    this.changes = changes;
  }

  /**
   * Opens the attribute at {@code path}.
   *
   * @throws ErrnoException whatever the tree refuses with
   */
  SysfsFile open(SysfsPath path, OpenRequest request) {
    if (request.createNew()) {
      throw changes.creation(path, Errno.EACCES);
    }
    SysfsNode node = find(path, request);
    if (node instanceof SysfsLink) {
      throw new ErrnoException(Errno.ELOOP, path + " is a link, and links are not to be followed");
    }
    if (request.deleteOnClose()) {
      throw changes.removal(path);
    }
    OpenMode mode = request.mode();
    if (node instanceof SysfsAttribute attribute) {
      checkBits(attribute, mode);
      return attribute.open(mode);
    }
    // The tree knows the errno for what is no attribute, and opens it if it has become one
    // meanwhile.
    return fileSystem.tree().open(path.toAbsolutePath().toString(), mode);
  }

  /** Why {@code node} can't be used as {@code mode} says, or null if it can. */
  static @Nullable ErrnoException refusal(SysfsNode node, AccessMode mode) {
    if (mode == AccessMode.EXECUTE) {
      boolean executable = node instanceof SysfsDirectory || (node.mode() & 0111) != 0;
      return executable ? null : denied(node, "execution");
    }
    if (node instanceof SysfsAttribute attribute) {
      OpenMode how = mode == AccessMode.READ ? OpenMode.READ : OpenMode.WRITE;
      try {
        // Opening runs no callback, so this is only a question.
        checkBits(attribute, how);
        attribute.open(how).close();
      } catch (ErrnoException refusal) {
        return refusal;
      }
    }
    return null;
  }

  private SysfsNode find(SysfsPath path, OpenRequest request) {
    try {
      return fileSystem.node(path, request.followLast());
    } catch (ErrnoException missing) {
      if (missing.errno() != Errno.ENOENT || !request.create()) {
        throw missing;
      }
      ErrnoException refusal = changes.creation(path, Errno.EACCES);
      // The name is there and leads nowhere: a link whose target is gone.
      throw refusal.errno() == Errno.EEXIST ? missing : refusal;
    }
  }

  private static void checkBits(SysfsAttribute attribute, OpenMode mode) {
    if (mode.reads() && (attribute.mode() & 0444) == 0) {
      throw denied(attribute, "reading");
    }
    if (mode.writes() && (attribute.mode() & 0222) == 0) {
      throw denied(attribute, "writing");
    }
  }

  private static ErrnoException denied(SysfsNode node, String what) {
    return new ErrnoException(
        Errno.EACCES, "%s of mode %04o is not for %s".formatted(node.path(), node.mode(), what));
  }
}
