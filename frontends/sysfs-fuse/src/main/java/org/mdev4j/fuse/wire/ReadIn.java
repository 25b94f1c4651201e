package org.mdev4j.fuse.wire;

/**
 * {@code struct fuse_read_in}, the body of READ and READDIR.
 *
 * @param handle number of the open file
 * @param offset where to start
 * @param size how many bytes at most; never negative
 */
public record ReadIn(long handle, long offset, int size) {
  public static ReadIn of(Request request) {
    int size = request.getInt(16);
    return new ReadIn(request.getLong(0), request.getLong(8), size < 0 ? Integer.MAX_VALUE : size);
  }
}
