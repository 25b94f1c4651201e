package org.mdev4j.fuse.wire;

/** {@code struct fuse_statfs_out}, the answer to STATFS: a file system without blocks, as sysfs. */
public final class Statfs {
  private static final int COUNTS = 40;
  private static final int PAGE = 4096;
  private static final int NAME_MAX = 255;
  private static final int SPARE = 28;

  private Statfs() {}

  public static void put(Reply reply) {
    reply.putZeros(COUNTS).putInt(PAGE).putInt(NAME_MAX).putInt(PAGE).putZeros(SPARE);
  }
}
