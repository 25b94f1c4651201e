package org.mdev4j.fuse.wire;

/**
 * {@code struct fuse_open_out}, the answer to OPEN and OPENDIR.
 *
 * @param handle number of the open file
 * @param flags what the kernel may do with it
 */
public record OpenOut(long handle, int flags) {
  /** The page cache is not used: every read and write gets here, with its own length. */
  public static final int DIRECT_IO = 1;

  /** No FLUSH when a descriptor is closed. */
  public static final int NO_FLUSH = 1 << 5;

  /** Several may write at the same time. */
  public static final int PARALLEL_WRITES = 1 << 6;

  public void put(Reply reply) {
    reply.putLong(handle).putInt(flags).putInt(0);
  }
}
