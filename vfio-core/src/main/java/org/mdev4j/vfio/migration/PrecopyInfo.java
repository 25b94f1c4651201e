package org.mdev4j.vfio.migration;

import java.lang.foreign.MemorySegment;

/**
 * What PRECOPY_INFO tells ({@code spec/vfio.md} 3, 4.11).
 *
 * @param initialBytes bytes to be read before going on to STOP_COPY is worthwhile
 * @param dirtyBytes bytes that have changed since they were read
 */
public record PrecopyInfo(long initialBytes, long dirtyBytes) {
  /** Bytes of the user's structure. */
  public static final int SIZE = 24;

  /** Writes the structure, all but {@code argsz}, which stays as the user set it. */
  public void writeTo(MemorySegment structure) {
    structure.set(Wire.U32, 4, 0);
    structure.set(Wire.U64, 8, initialBytes);
    structure.set(Wire.U64, 16, dirtyBytes);
  }
}
