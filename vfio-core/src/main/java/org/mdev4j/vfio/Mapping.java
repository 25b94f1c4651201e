package org.mdev4j.vfio;

import java.lang.foreign.MemorySegment;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * A mapped region. It keeps the device open, as a mapping does; closing it unmaps.
 *
 * <p>Thread-safe.
 */
public final class Mapping implements AutoCloseable {
  private final MemorySegment segment;
  private final Runnable release;
  private final AtomicBoolean closed = new AtomicBoolean();

  Mapping(MemorySegment segment, Runnable release) {
    this.segment = segment;
    this.release = release;
  }

  /** The mapped bytes. */
  public MemorySegment segment() {
    return segment;
  }

  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      release.run();
    }
  }
}
