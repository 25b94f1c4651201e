package org.mdev4j.vfio.model;

import org.jspecify.annotations.Nullable;
import org.mdev4j.vfio.dma.DeviceDma;
import org.mdev4j.vfio.irq.Interrupts;

/** What an open device may use: its user's memory and its interrupts. Thread-safe. */
public interface DeviceContext {
  /** The memory that the user has mapped for DMA. */
  DeviceDma dma();

  /** The interrupts that the user has set up. */
  Interrupts interrupts();

  /**
   * The guest that the device is opened for, if its user has named one ({@link
   * org.mdev4j.vfio.GroupFile#setGuest}) and it is such a one; else null. Most devices don't care.
   *
   * @param type what the driver knows as a guest, for example the handle of a simulated hypervisor
   */
  default <G> @Nullable G guest(Class<G> type) {
    return null;
  }
}
