package org.mdev4j.fuse.session;

import java.lang.foreign.MemorySegment;
import org.mdev4j.device.errno.Errno;

/**
 * Where requests come from and replies go to: {@code /dev/fuse}, or a test. Used by many threads;
 * closed once, by the last of them.
 */
public interface FuseDevice extends AutoCloseable {
  /**
   * The next request; its length, or a negative errno. {@code EAGAIN} says that there is none yet,
   * {@code ENODEV} is the end.
   */
  int read(MemorySegment into);

  /** Waits until {@link #read} has something to say. May return early. */
  void await();

  /** Sends the first {@code size} bytes; their number, or a negative errno. */
  int write(MemorySegment from, int size);

  @Override
  void close();

  /** Whether a call failed with {@code errno}. */
  static boolean failed(int result, Errno errno) {
    return result == -errno.number();
  }
}
