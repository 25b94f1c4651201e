package org.mdev4j.device.nio;

import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.GroupPrincipal;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.UserPrincipal;
import java.util.EnumSet;
import java.util.Set;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.device.sysfs.SysfsAttribute;
import org.mdev4j.device.sysfs.SysfsDeviceNode;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.device.sysfs.SysfsLink;
import org.mdev4j.device.sysfs.SysfsNode;

/**
 * What {@code stat} says of a node. The tree keeps no times, so all of them are the epoch.
 *
 * @param node the node; all that is said of it never changes
 */
record SysfsAttributes(SysfsNode node) implements PosixFileAttributes {
  private static final FileTime EPOCH = FileTime.fromMillis(0);

  @Override
  public UserPrincipal owner() {
    return RootPrincipal.ROOT;
  }

  @Override
  public GroupPrincipal group() {
    return RootPrincipal.ROOT;
  }

  @Override
  public Set<PosixFilePermission> permissions() {
    Set<PosixFilePermission> permissions = EnumSet.noneOf(PosixFilePermission.class);
    int bit = 0400;
    // Declared from the owner's read down to the others' execute, which is the order of the bits.
    for (PosixFilePermission permission : PosixFilePermission.values()) {
      if ((node.mode() & bit) != 0) {
        permissions.add(permission);
      }
      bit >>= 1;
    }
    return permissions;
  }

  /** The mode with the bits for the file's type, as in {@code st_mode}. */
  int modeWithType() {
    int type =
        switch (node) {
          case SysfsDirectory directory -> 0040000;
          case SysfsAttribute attribute -> 0100000;
          case SysfsLink link -> 0120000;
          case SysfsDeviceNode device -> 0020000;
        };
    return type | node.mode();
  }

  /** The device number as glibc packs it, as in {@code st_rdev}; 0 if this is no device. */
  long deviceNumber() {
    if (!(node instanceof SysfsDeviceNode device)) {
      return 0;
    }
    long major = device.major();
    long minor = device.minor();
    return (major & 0xfffL) << 8
        | (major & ~0xfffL) << 32
        | (minor & 0xffL)
        | (minor & ~0xffL) << 12;
  }

  /** A page for an attribute, because its length is not known; nothing for all else. */
  @Override
  public long size() {
    return isRegularFile() ? Attribute.PAGE : 0;
  }

  @Override
  public boolean isRegularFile() {
    return node instanceof SysfsAttribute;
  }

  @Override
  public boolean isDirectory() {
    return node instanceof SysfsDirectory;
  }

  @Override
  public boolean isSymbolicLink() {
    return node instanceof SysfsLink;
  }

  @Override
  public boolean isOther() {
    return node instanceof SysfsDeviceNode;
  }

  @Override
  public FileTime lastModifiedTime() {
    return EPOCH;
  }

  @Override
  public FileTime lastAccessTime() {
    return EPOCH;
  }

  @Override
  public FileTime creationTime() {
    return EPOCH;
  }

  @Override
  public Object fileKey() {
    return new Key(node);
  }

  /** Equal for the same node only: nodes are compared by identity. */
  private record Key(SysfsNode node) {}
}
