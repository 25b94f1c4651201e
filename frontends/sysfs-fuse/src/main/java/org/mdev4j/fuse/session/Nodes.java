package org.mdev4j.fuse.session;

import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.device.sysfs.SysfsAttribute;
import org.mdev4j.device.sysfs.SysfsDeviceNode;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.device.sysfs.SysfsLink;
import org.mdev4j.device.sysfs.SysfsNode;
import org.mdev4j.fuse.wire.Attr;

/** What {@code stat} shows of nodes. */
final class Nodes {
  private Nodes() {}

  /** Kind and permission bits. */
  static int mode(SysfsNode node) {
    int kind =
        switch (node) {
          case SysfsDirectory directory -> Attr.DIRECTORY;
          case SysfsAttribute attribute -> Attr.FILE;
          case SysfsLink link -> Attr.LINK;
          case SysfsDeviceNode device -> Attr.CHARACTER_DEVICE;
        };
    return kind | node.mode();
  }

  /**
   * As a sysfs has it: a file says that it has a page, whatever it holds. One thing differs: a
   * directory has one link, which tells programs that the subdirectories were not counted.
   *
   * @param time when the tree was mounted
   */
  static Attr attr(Known known, long time) {
    SysfsNode node = known.node();
    long size = node instanceof SysfsAttribute ? Attribute.PAGE : 0;
    return new Attr(known.ino(), mode(node), size, 1, time);
  }

  /** Whether there may be stores. */
  static boolean isWritable(SysfsNode node) {
    return node instanceof SysfsAttribute && (node.mode() & 0222) != 0;
  }
}
