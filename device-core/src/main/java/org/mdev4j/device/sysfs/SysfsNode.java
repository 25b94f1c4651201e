package org.mdev4j.device.sysfs;

import org.jspecify.annotations.Nullable;

/**
 * An entry of the tree. It is made detached, added to one directory once, and removed once.
 *
 * <p>Thread-safe. A removed node stays readable as an object (name, mode), but everything done with
 * it fails as on a removed kernel object.
 */
public abstract sealed class SysfsNode
    permits SysfsDirectory, SysfsAttribute, SysfsLink, SysfsDeviceNode {
  private final String name;
  private final int mode;
  private volatile @Nullable SysfsDirectory parent;

  SysfsNode(String name, int mode) {
    this.name = name.replace('/', '!');
    this.mode = mode;
  }

  public final String name() {
    return name;
  }

  /** POSIX permission bits. */
  public final int mode() {
    return mode;
  }

  /** The directory that holds this node; null for the root and for a detached or removed node. */
  public final @Nullable SysfsDirectory parent() {
    return parent;
  }

  /** The absolute path, for example {@code /sys/bus/mdev}; {@code /} for the root. */
  public final String path() {
    SysfsDirectory above = parent;
    if (above == null) {
      return "/" + name;
    }
    String prefix = above.path();
    return prefix.equals("/") ? prefix + name : prefix + "/" + name;
  }

  /** Whether this is {@code top} or in the tree somewhere below it. */
  public final boolean isWithin(SysfsNode top) {
    for (SysfsNode at = this; at != null; at = at.parent()) {
      if (at == top) {
        return true;
      }
    }
    return false;
  }

  @Override
  public final String toString() {
    return getClass().getSimpleName() + "[" + path() + "]";
  }

  final void attachTo(SysfsDirectory directory) {
    if (parent != null) {
      throw new IllegalStateException(this + " is in the tree already");
    }
    parent = directory;
  }

  final void detach() {
    parent = null;
  }

  /** Called once the node can't be found any more: ends what is still in use below it. */
  abstract void onRemoved();
}
