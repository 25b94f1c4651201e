package org.mdev4j.device.host;

import java.lang.foreign.MemorySegment;

/**
 * A piece of host memory that the simulated hardware can address. Closing it takes its addresses
 * away.
 *
 * <p>Thread-safe; the contents are the caller's business.
 */
public final class HostBuffer implements AutoCloseable {
  private final HostMemory memory;
  private final long address;
  private final MemorySegment segment;

  HostBuffer(HostMemory memory, long address, MemorySegment segment) {
    this.memory = memory;
    this.address = address;
    this.segment = segment;
  }

  /** The first byte's address on the host. */
  public long address() {
    return address;
  }

  /** Size in bytes. */
  public long size() {
    return segment.byteSize();
  }

  /** The bytes. */
  public MemorySegment segment() {
    return segment;
  }

  /** Gives the addresses back; they are invalid from now on. A second close does nothing. */
  @Override
  public void close() {
    memory.free(this);
  }
}
