package org.mdev4j.fuse.wire;

/**
 * {@code struct fuse_write_in} and the bytes behind it, the body of WRITE. The offset is left out:
 * a file of this file system doesn't look at it.
 */
public final class WriteIn {
  private static final int SIZE = 16;
  private static final int STRUCT_SIZE = 40;

  private final Request request;

  public WriteIn(Request request) {
    this.request = request;
  }

  /** Number of the open file. */
  public long handle() {
    return request.getLong(0);
  }

  /** What is written. */
  public byte[] data() {
    return request.getBytes(STRUCT_SIZE, request.getInt(SIZE));
  }
}
