package org.mdev4j.replay.vfio;

import java.lang.foreign.MemorySegment;

/**
 * An area of the probe's own memory, zero at first.
 *
 * @param segment its bytes
 */
public record UserMemory(MemorySegment segment) implements AutoCloseable {
  public static UserMemory allocate(int size) {
    return new UserMemory(MemorySegment.ofArray(new byte[size]));
  }

  /** Frees the area: what is mapped of it stays as long as it is mapped. */
  @Override
  public void close() {}
}
