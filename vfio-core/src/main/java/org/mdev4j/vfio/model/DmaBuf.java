package org.mdev4j.vfio.model;

import java.lang.foreign.MemorySegment;

/**
 * A picture that was handed over as a buffer of its own. The memory stays until it is closed, also
 * when the device is closed or removed before; each hand-over is closed by itself.
 */
public interface DmaBuf extends AutoCloseable {
  /** The picture's pages, shared with the device that draws into them. */
  MemorySegment segment();

  /** Gives the memory back. A second close does nothing. */
  @Override
  void close();
}
