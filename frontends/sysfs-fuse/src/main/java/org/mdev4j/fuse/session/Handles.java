package org.mdev4j.fuse.session;

import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/** Open files, by the numbers that the kernel has for them. Thread-safe. */
final class Handles<T> {
  private final ConcurrentMap<Long, T> open = new ConcurrentHashMap<>();
  private final AtomicLong last = new AtomicLong();

  /** The number for {@code opened}. */
  long add(T opened) {
    long handle = last.incrementAndGet();
    open.put(handle, opened);
    return handle;
  }

  /**
   * What that number is for.
   *
   * @throws ErrnoException {@code EBADF} if it is for nothing
   */
  T get(long handle) {
    T opened = open.get(handle);
    if (opened == null) {
      throw new ErrnoException(Errno.EBADF, "no open file has number " + handle);
    }
    return opened;
  }

  /** Ends the use of that number; what it was for, null for nothing. */
  @Nullable T remove(long handle) {
    return open.remove(handle);
  }

  int size() {
    return open.size();
  }
}
