package org.mdev4j.fuse.wire;

import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * INIT: the kernel says which protocol it speaks and what it offers ({@code struct fuse_init_in}),
 * the answer takes some of it ({@code struct fuse_init_out}).
 *
 * @param major of the kernel's protocol
 * @param minor of the kernel's protocol
 * @param readAhead what the kernel would like to read ahead
 * @param offered flags
 */
public record Init(int major, int minor, int readAhead, int offered) {
  /**
   * The most that one WRITE carries. More than a page: what goes beyond a page in one write call
   * must be seen here, to be left out, and not come as a second write.
   */
  public static final int MAX_WRITE = 8192;

  private static final int MAJOR = 7;

  /** Ours; the last one whose answer this is. */
  private static final int MINOR = 38;

  /** Linux 3.15. Before, the answer was shorter. */
  private static final int LEAST_MINOR = 23;

  private static final int BIG_WRITES = 1 << 5;
  private static final int PARALLEL_DIRECTORY_OPERATIONS = 1 << 18;
  private static final int CACHE_LINKS = 1 << 23;
  private static final int WANTED = BIG_WRITES | PARALLEL_DIRECTORY_OPERATIONS | CACHE_LINKS;

  private static final int MAX_BACKGROUND = 16;
  private static final int CONGESTION = 12;
  private static final int TIME_GRANULARITY = 1;
  private static final int UNUSED_BYTES = 36;

  public static Init of(Request request) {
    return new Init(request.getInt(0), request.getInt(4), request.getInt(8), request.getInt(12));
  }

  /**
   * Answers. A kernel of a newer major version is told ours, and asks again.
   *
   * @throws ErrnoException {@code EPROTO} if the kernel is too old
   */
  public void answer(Reply reply) {
    if (major < MAJOR || (major == MAJOR && minor < LEAST_MINOR)) {
      throw new ErrnoException(
          Errno.EPROTO,
          "the kernel speaks FUSE " + major + "." + minor + "; at least 7.23 is needed");
    }
    reply.putInt(MAJOR).putInt(MINOR).putInt(readAhead).putInt(offered & WANTED);
    reply.putShort(MAX_BACKGROUND).putShort(CONGESTION).putInt(MAX_WRITE);
    reply.putInt(TIME_GRANULARITY).putZeros(UNUSED_BYTES);
  }
}
