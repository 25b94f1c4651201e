package org.mdev4j.fuse.session;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.device.sysfs.SysfsNode;

/**
 * The nodes that the kernel knows, and the numbers by which it knows them. The kernel counts how
 * often it was told a number and says when it has forgotten it; until then the node is kept. A
 * number is never given twice.
 *
 * <p>A node has one number, but for this: the kernel locks an inode while it is written, and an
 * {@code echo} that truncates first would wait for a store that blocks (a {@code remove} of a
 * device in use), without being interruptible. So while a store is in progress the next look-up
 * gets a new number, which is a new inode to the kernel.
 *
 * <h2>Thread safety</h2>
 *
 * All changes that concern a node are made inside {@code byNode.compute} for it, which is atomic;
 * {@code byId} follows in the same step. Finding by number takes no lock.
 */
final class NodeTable {
  /** Number of the directory that is mounted. */
  static final long ROOT = 1;

  private static final long HASH_START = 0xcbf29ce484222325L;
  private static final long HASH_FACTOR = 0x100000001b3L;

  private final ConcurrentMap<Long, Known> byId = new ConcurrentHashMap<>();
  private final ConcurrentMap<SysfsNode, Known> byNode = new ConcurrentHashMap<>();
  private final AtomicLong lastId = new AtomicLong(ROOT);
  private final SysfsDirectory top;

  NodeTable(SysfsDirectory top) {
    this.top = top;
    Known root = new Known(ROOT, top, ino(top));
    root.lookups = Long.MAX_VALUE;
    byId.put(ROOT, root);
    byNode.put(top, root);
  }

  /**
   * The node of that number.
   *
   * @throws ErrnoException {@code ENOENT} if the kernel was never told it, or has forgotten it
   */
  Known get(long id) {
    Known known = byId.get(id);
    if (known == null) {
      throw new ErrnoException(Errno.ENOENT, "no node has number " + id);
    }
    return known;
  }

  /** What the kernel knows {@code node} as now; null if it doesn't. */
  @Nullable Known find(SysfsNode node) {
    return byNode.get(node);
  }

  /** Counts that the kernel is told the number of {@code node}, which gets one if it has none. */
  Known lookUp(SysfsNode node) {
    return byNode.compute(
        node,
        (same, current) -> {
          Known known = current == null || current.isBusy() ? number(node) : current;
          if (known.id() != ROOT) {
            known.lookups++;
          }
          return known;
        });
  }

  /** The kernel forgets {@code count} of the times that it was told {@code id}. */
  void forget(long id, long count) {
    Known known = byId.get(id);
    if (known == null || id == ROOT) {
      return;
    }
    byNode.compute(
        known.node(),
        (node, current) -> {
          known.lookups -= Math.min(known.lookups, Math.max(count, 0));
          if (known.lookups > 0) {
            return current;
          }
          byId.remove(id);
          return current == known ? null : current;
        });
  }

  /** How many numbers are in use. */
  int size() {
    return byId.size();
  }

  private Known number(SysfsNode node) {
    Known known = new Known(lastId.incrementAndGet(), node, ino(node));
    byId.put(known.id(), known);
    return known;
  }

  /** The inode number: a hash of the path, so that it needs no table and is the same each time. */
  long ino(SysfsNode node) {
    SysfsDirectory above = node.parent();
    return node == top || above == null ? HASH_START : ino(ino(above), node.name());
  }

  /** The inode number of what is called {@code name} in the directory of that number. */
  static long ino(long directory, String name) {
    long hash = (directory ^ '/') * HASH_FACTOR;
    for (int i = 0; i < name.length(); i++) {
      hash = (hash ^ name.charAt(i)) * HASH_FACTOR;
    }
    return hash;
  }
}
