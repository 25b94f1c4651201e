package org.mdev4j.fuse.session;

import java.util.ArrayList;
import java.util.List;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.device.sysfs.SysfsNode;
import org.mdev4j.fuse.wire.Dirent;
import org.mdev4j.fuse.wire.Reply;

/**
 * An open directory. Reading at offset 0 takes a snapshot of what is in it, so that a reader sees
 * each entry once, however long it takes.
 */
final class Listing {
  private final SysfsDirectory directory;
  private final long ino;
  private volatile List<Dirent> entries = List.of();

  /**
   * @param ino inode number of {@code directory}
   */
  Listing(SysfsDirectory directory, long ino) {
    this.directory = directory;
    this.ino = ino;
  }

  /** Appends entries from {@code offset} on, as many as fit into {@code size} bytes. */
  void read(long offset, int size, Reply reply) {
    if (offset == 0) {
      entries = snapshot();
    }
    List<Dirent> all = entries;
    for (long next = Math.max(offset, 0); next < all.size(); next++) {
      if (!all.get((int) next).put(reply, size)) {
        return;
      }
    }
  }

  private List<Dirent> snapshot() {
    List<Dirent> all = new ArrayList<>();
    all.add(new Dirent(ino, 1, Nodes.mode(directory), "."));
    all.add(new Dirent(ino, 2, Nodes.mode(directory), ".."));
    for (SysfsNode child : directory.children()) {
      long childIno = NodeTable.ino(ino, child.name());
      all.add(new Dirent(childIno, all.size() + 1L, Nodes.mode(child), child.name()));
    }
    return all;
  }
}
