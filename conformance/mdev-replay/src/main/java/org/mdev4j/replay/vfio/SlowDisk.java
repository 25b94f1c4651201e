package org.mdev4j.replay.vfio;

/** An open disk that is slow: what is mapped of it is {@link SlowMemory}. */
public record SlowDisk() implements AutoCloseable {
  @Override
  public void close() {}
}
