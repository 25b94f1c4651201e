package org.mdev4j.vfio.model;

import org.mdev4j.vfio.dma.DeviceDma;
import org.mdev4j.vfio.irq.Interrupts;

/** What an open device may use: its user's memory and its interrupts. Thread-safe. */
public interface DeviceContext {
  /** The memory that the user has mapped for DMA. */
  DeviceDma dma();

  /** The interrupts that the user has set up. */
  Interrupts interrupts();
}
