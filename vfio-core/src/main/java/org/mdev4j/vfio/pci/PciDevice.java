package org.mdev4j.vfio.pci;

import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.vfio.irq.IrqIndex;
import org.mdev4j.vfio.model.DeviceApi;
import org.mdev4j.vfio.model.Region;
import org.mdev4j.vfio.model.RegionLayout;
import org.mdev4j.vfio.model.VfioDevice;

/**
 * A device model that is a PCI function. It states its {@linkplain #regions regions}, and its
 * {@linkplain #irqs interrupts} if it has any: INTX, MSI, MSI-X, ERR, REQ, in this order.
 */
public interface PciDevice extends VfioDevice {
  /** The interrupts of a device that has none: five indexes, none of them implemented. */
  List<IrqIndex> NO_INTERRUPTS = Collections.nCopies(5, IrqIndex.none());

  /** The regions; the same object at each call. */
  PciRegions regions();

  @Override
  default DeviceApi api() {
    return DeviceApi.PCI;
  }

  @Override
  default int regionCount() {
    return regions().count();
  }

  @Override
  default @Nullable Region region(int index) {
    return regions().find(index);
  }

  @Override
  default RegionLayout layout() {
    return regions().layout();
  }

  @Override
  default List<IrqIndex> irqs() {
    return NO_INTERRUPTS;
  }
}
