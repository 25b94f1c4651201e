package org.mdev4j.fuse.wire;

/**
 * {@code struct fuse_attr}: what {@code stat} shows of a node.
 *
 * @param ino inode number
 * @param mode kind and permission bits
 * @param size bytes
 * @param links hard links
 * @param time of last access, modification and change; seconds since 1970
 */
public record Attr(long ino, int mode, long size, int links, long time) {
  /** Kind of node, in {@code mode}: a directory. */
  public static final int DIRECTORY = 0040000;

  /** Kind of node, in {@code mode}: a character device. */
  public static final int CHARACTER_DEVICE = 0020000;

  /** Kind of node, in {@code mode}: a file. */
  public static final int FILE = 0100000;

  /** Kind of node, in {@code mode}: a symbolic link. */
  public static final int LINK = 0120000;

  private static final int BLOCK_SIZE = 4096;

  /** Appends the structure. Everything belongs to root, and occupies no blocks. */
  void put(Reply reply) {
    reply.putLong(ino).putLong(size).putLong(0);
    reply.putLong(time).putLong(time).putLong(time).putInt(0).putInt(0).putInt(0);
    reply.putInt(mode).putInt(links).putInt(0).putInt(0).putInt(0).putInt(BLOCK_SIZE).putInt(0);
  }
}
