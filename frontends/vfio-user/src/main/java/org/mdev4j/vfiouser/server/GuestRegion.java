package org.mdev4j.vfiouser.server;

import java.util.BitSet;
import org.jspecify.annotations.Nullable;
import org.mdev4j.vfiouser.posix.ClientFile;

/**
 * A region of guest memory that a client has mapped. Used by the session's thread only.
 *
 * @param flags READ and WRITE
 * @param offset where it begins in the file
 * @param identity which file it is; null without
 * @param file what holds it; null without
 * @param dirty pages of 4096 bytes that were taken from the log and not told yet
 */
record GuestRegion(
    long iova,
    long size,
    int flags,
    long offset,
    @Nullable Object identity,
    @Nullable ClientFile file,
    BitSet dirty) {

  boolean isAt(long otherIova, long otherSize) {
    return iova == otherIova && size == otherSize;
  }

  /** Whether it is the same memory, for the same use. */
  boolean isSame(GuestRegion other) {
    return isAt(other.iova, other.size)
        && flags == other.flags
        && offset == other.offset
        && java.util.Objects.equals(identity, other.identity);
  }

  boolean contains(long address) {
    return Long.compareUnsigned(address, iova) >= 0
        && Long.compareUnsigned(address - iova, size) < 0;
  }

  void release() {
    if (file != null) {
      file.close();
    }
  }
}
