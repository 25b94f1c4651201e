package org.mdev4j.device.sysfs;

import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * The tree of one host: {@code /sys} and {@code /dev}, and the way from a path to a node.
 *
 * <p>The tree is one model with three faces: these nodes for the core and drivers, {@link
 * java.nio.file.Path}s for Java, a mount for everyone else. All three end here.
 *
 * <p>Thread-safe; look-ups take no lock.
 */
public final class SysfsTree {
  private static final int MAX_LINKS = 40;

  private final SysfsDirectory root = new SysfsDirectory("");
  private final SysfsDirectory sys = root.addDirectory("sys");
  private final SysfsDirectory dev = root.addDirectory("dev");

  public SysfsDirectory root() {
    return root;
  }

  /** {@code /sys}. */
  public SysfsDirectory sys() {
    return sys;
  }

  /** {@code /dev}. */
  public SysfsDirectory dev() {
    return dev;
  }

  /** From now on tells {@code listener} of every entry that leaves the tree. */
  public void listen(RemovalListener listener) {
    root.listen(listener);
  }

  /** Ends what {@link #listen} began; a call in progress may still go on. */
  public void unlisten(RemovalListener listener) {
    root.unlisten(listener);
  }

  /**
   * The directory at {@code path} below {@code from}, made if need be with all directories on the
   * way.
   *
   * @throws ErrnoException {@code ENOENT} if a directory on the way was removed meanwhile, {@code
   *     ENOTDIR} if something else has a name on the way
   */
  public static SysfsDirectory makeDirectories(SysfsDirectory from, String path) {
    SysfsDirectory at = from;
    for (String name : path.split("/", -1)) {
      SysfsNode next = at.child(name);
      while (next == null) {
        try {
          next = at.addDirectory(name);
        } catch (ErrnoException refusal) {
          if (refusal.errno() != Errno.EEXIST) {
            throw refusal;
          }
          // Somebody else made it, and may have removed it since: then it is made again.
          next = at.child(name);
        }
      }
      if (!(next instanceof SysfsDirectory directory)) {
        throw new ErrnoException(Errno.ENOTDIR, at.path() + "/" + name + " is no directory");
      }
      at = directory;
    }
    return at;
  }

  /**
   * The node that an absolute {@code path} names. {@code .}, {@code ..} and links on the way are
   * followed; a final slash asks for a directory, so it follows a link there too.
   *
   * @param followLast whether a link at the end is followed ({@code stat}) or named ({@code lstat})
   * @throws ErrnoException {@code ENOENT}, {@code ENOTDIR}, {@code ELOOP}
   */
  public SysfsNode resolve(String path, boolean followLast) {
    if (!path.startsWith("/")) {
      throw new ErrnoException(Errno.EINVAL, "not an absolute path: '" + path + "'");
    }
    Deque<String> todo = new ArrayDeque<>(Arrays.asList(path.split("/")));
    boolean wantsDirectory = path.endsWith("/");
    SysfsNode at = root;
    int links = 0;
    while (!todo.isEmpty()) {
      String name = todo.poll();
      if (name.isEmpty()) {
        continue;
      }
      if (!(at instanceof SysfsDirectory directory)) {
        throw new ErrnoException(Errno.ENOTDIR, path + ": '" + at.name() + "' is no directory");
      }
      if (name.equals(".")) {
        continue;
      }
      if (name.equals("..")) {
        SysfsDirectory above = directory.parent();
        at = above == null ? directory : above;
        continue;
      }
      SysfsNode next = directory.child(name);
      if (next == null) {
        throw new ErrnoException(Errno.ENOENT, path + ": there is no '" + name + "'");
      }
      boolean last = todo.stream().allMatch(String::isEmpty);
      if (next instanceof SysfsLink link && (!last || followLast || wantsDirectory)) {
        if (++links > MAX_LINKS) {
          throw new ErrnoException(Errno.ELOOP, path + ": more than " + MAX_LINKS + " links");
        }
        next = follow(link, path);
      }
      at = next;
    }
    if (wantsDirectory && !(at instanceof SysfsDirectory)) {
      throw new ErrnoException(Errno.ENOTDIR, path + " is no directory");
    }
    return at;
  }

  /** As {@link #resolve(String, boolean)}, following a link at the end. */
  public SysfsNode resolve(String path) {
    return resolve(path, true);
  }

  /**
   * Opens the attribute at {@code path}.
   *
   * @throws ErrnoException as {@link #resolve} and {@link SysfsAttribute#open}; {@code EISDIR} for
   *     a directory, {@code ENXIO} for a device node, which this tree only names
   */
  public SysfsFile open(String path, OpenMode how) {
    return switch (resolve(path)) {
      case SysfsAttribute attribute -> attribute.open(how);
      case SysfsDirectory directory ->
          throw new ErrnoException(Errno.EISDIR, directory.path() + " is a directory");
      case SysfsDeviceNode node ->
          throw new ErrnoException(
              Errno.ENXIO, node.path() + " is opened through its driver's API");
      case SysfsLink link -> throw new ErrnoException(Errno.ELOOP, link.path() + " is a link");
    };
  }

  private SysfsDirectory follow(SysfsLink link, String path) {
    SysfsDirectory target = link.target();
    if (target != root && target.parent() == null) {
      throw new ErrnoException(
          Errno.ENOENT, path + ": the target of '" + link.name() + "' is gone");
    }
    return target;
  }
}
