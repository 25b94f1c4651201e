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

  private Block block = new Block(USUAL_SIZE);
  private boolean closed;

  /** What is freed at once. */
  private static final class Block {
    final Arena arena = Arena.ofShared();
    final MemorySegment bytes;

    Block(long size) {
      bytes = arena.allocate(size, Long.BYTES);
    }
  }

  /** All that there is; valid until it grows or is closed. */
  MemorySegment bytes() {
    return block.bytes;
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
    if (wanted > block.bytes.byteSize()) {
      grow(wanted);
    }
    return block.bytes;
  }

  /** Doubles at least, so that messages that get longer and longer are not copied for each. */
  private void grow(int wanted) {
    Block before = block;
    long size = before.bytes.byteSize();
    block = new Block(Math.max(wanted, Math.min(2 * size, Header.MAX_MESSAGE)));
    MemorySegment.copy(before.bytes, 0, block.bytes, 0, size);
    before.arena.close();
  }

  /** Frees the memory: an access to it fails from now on. A second close does nothing. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      block.arena.close();
    }
  }
}
