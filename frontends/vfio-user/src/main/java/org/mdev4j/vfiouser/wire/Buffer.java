package org.mdev4j.vfiouser.wire;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * Native memory for one message at a time. It grows to the largest message that it was asked to
 * hold, at most {@link Header#MAX_MESSAGE} bytes, and {@link #close} frees it at once: a collector
 * that sees a small heap would let it lie.
 *
 * <p>Not thread-safe, but may be handed from thread to thread.
 */
final class Buffer implements AutoCloseable {
  private static final int USUAL_SIZE = 4096;

  private Arena arena = Arena.ofShared();
  private MemorySegment bytes = arena.allocate(USUAL_SIZE, Long.BYTES);
  private boolean closed;

  /** All that there is; valid until it grows or is closed. */
  MemorySegment bytes() {
    return bytes;
  }

  /**
   * The same, with at least {@code wanted} bytes; the bytes that are there stay.
   *
   * @throws ErrnoException {@code ENOTCONN} once it is closed
   */
  MemorySegment room(int wanted) {
    if (closed) {
      throw new ErrnoException(Errno.ENOTCONN, "the connection is closed");
    }
    if (wanted > bytes.byteSize()) {
      grow(wanted);
    }
    return bytes;
  }

  /** Doubles at least, so that messages that get longer and longer are not copied for each. */
  private void grow(int wanted) {
    long doubled = Math.min(2 * bytes.byteSize(), Header.MAX_MESSAGE);
    Arena larger = Arena.ofShared();
    MemorySegment copy = larger.allocate(Math.max(wanted, doubled), Long.BYTES);
    MemorySegment.copy(bytes, 0, copy, 0, bytes.byteSize());
    arena.close();
    arena = larger;
    bytes = copy;
  }

  /** Frees the memory: an access to it fails from now on. A second close does nothing. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      arena.close();
    }
  }
}
