package org.mdev4j.replay.vfio;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.mdev4j.vfio.Mapping;

/**
 * A mapping of a device file.
 *
 * @param mapping the mapping
 * @param device the device's UUID
 * @param offset where it begins in its region
 */
public record MappedRegion(Mapping mapping, String device, long offset) implements AutoCloseable {
  /** The bytes at {@code at}. */
  public byte[] peek(long at, int size) {
    return mapping.segment().asSlice(at, size).toArray(ValueLayout.JAVA_BYTE);
  }

  /** Stores bytes at {@code at}. */
  public void poke(long at, byte[] data) {
    MemorySegment.copy(MemorySegment.ofArray(data), 0, mapping.segment(), at, data.length);
  }

  @Override
  public void close() {
    mapping.close();
  }
}
