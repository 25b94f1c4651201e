package org.mdev4j.vfio.dma;

import java.lang.foreign.MemorySegment;
import java.util.Collection;
import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.HostMemory;

/** The pinned pages of one mapping. Guarded by the lock of its {@link DmaSpace}. */
final class Pins {
  private final HostMemory memory;
  private final Map<Long, Pin> byIova = new HashMap<>();

  Pins(HostMemory memory) {
    this.memory = memory;
  }

  @Nullable Pin at(long iova) {
    return byIova.get(iova);
  }

  /**
   * Gives a page an address on the host.
   *
   * @throws ErrnoException {@code ENOMEM} if there is none
   */
  Pin place(long iova, MemorySegment page) {
    Pin pin = new Pin(this, iova, memory.place(page, Pages.SIZE, Long.MAX_VALUE));
    byIova.put(iova, pin);
    return pin;
  }

  void remove(Pin pin) {
    byIova.remove(pin.page().iova());
  }

  Collection<Pin> all() {
    return byIova.values();
  }

  boolean isEmpty() {
    return byIova.isEmpty();
  }
}
