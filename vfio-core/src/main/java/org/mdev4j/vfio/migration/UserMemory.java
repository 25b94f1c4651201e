package org.mdev4j.vfio.migration;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/** The memory of whoever makes a request, in which its structures point. */
@FunctionalInterface
public interface UserMemory {
  /**
   * The memory at {@code address}, to be read and written during the request.
   *
   * @param address as the user gave it, unsigned
   * @param size in bytes, 1 or more; may be huge
   * @return a segment of that size, or null if some of it is not accessible, which is {@code
   *     EFAULT} to the user
   */
  @Nullable MemorySegment at(long address, long size);
}
