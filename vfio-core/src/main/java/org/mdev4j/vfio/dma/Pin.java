package org.mdev4j.vfio.dma;

import org.mdev4j.device.host.HostBuffer;

/** A page while it is pinned at least once. Guarded by the lock of its {@link DmaSpace}. */
final class Pin {
  private final Pins pins;
  private final HostBuffer buffer;
  private final PinnedPage page;
  private int count;

  Pin(Pins pins, long iova, HostBuffer buffer) {
    this.pins = pins;
    this.buffer = buffer;
    page = new PinnedPage(iova, buffer.address(), buffer.segment());
  }

  PinnedPage page() {
    return page;
  }

  void add() {
    count++;
  }

  /** The last one takes the page's host address away. */
  void drop() {
    count--;
    if (count == 0) {
      pins.remove(this);
      buffer.close();
    }
  }
}
