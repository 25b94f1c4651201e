package org.mdev4j.fuse.wire;

import java.nio.charset.StandardCharsets;

/**
 * {@code struct fuse_dirent}, of which the answer to READDIR is made.
 *
 * @param ino inode number
 * @param next offset of the entry after this
 * @param mode of the node, for its kind
 * @param name its name
 */
public record Dirent(long ino, long next, int mode, String name) {
  private static final int STRUCT_SIZE = 24;
  private static final int ALIGNMENT = 8;

  /** The kind, in a directory entry, is the top four bits of the mode. */
  private static final int KIND_SHIFT = 12;

  /** Appends the structure if it fits into {@code limit} bytes of body; whether it does. */
  public boolean put(Reply reply, int limit) {
    byte[] bytes = name.getBytes(StandardCharsets.UTF_8);
    int padding = -bytes.length & (ALIGNMENT - 1);
    int size = STRUCT_SIZE + bytes.length + padding;
    if (size > limit - reply.bodySize() || size > reply.room()) {
      return false;
    }
    reply.putLong(ino).putLong(next).putInt(bytes.length).putInt(mode >>> KIND_SHIFT);
    reply.putBytes(bytes).putZeros(padding);
    return true;
  }
}
