package org.mdev4j.replay.vfio;

import org.mdev4j.vfio.irq.EventCounter;

/**
 * An eventfd of the probe, non-blocking.
 *
 * @param counter its count
 */
public record Eventfd(EventCounter counter) implements AutoCloseable {
  /** Closing it here leaves the device its own reference. */
  @Override
  public void close() {}
}
