package org.mdev4j.driver.ap;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;
import org.mdev4j.ap.ApGuest;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.vfio.Container;
import org.mdev4j.vfio.DeviceFile;
import org.mdev4j.vfio.GroupFile;
import org.mdev4j.vfio.Vfio;
import org.mdev4j.vfio.dma.DmaMap;
import org.mdev4j.vfio.dma.DmaUnmap;
import org.mdev4j.vfio.dma.GuestMemory;

/** A device that a guest has open, with four pages of the guest's memory at {@link #MEMORY}. */
final class OpenMatrix implements AutoCloseable {
  static final long MEMORY = 0x10000;
  static final long SIZE = 4 * 4096;

  private static final int TYPE1_V2 = 3;
  private static final int READ_WRITE = 3;

  final DeviceFile file;
  final MemorySegment memory;
  private final Container container;
  private final Scope scope = new Scope("guest");

  OpenMatrix(Host host, String uuid, @Nullable ApGuest guest) {
    try {
      Vfio vfio = host.service(Vfio.class);
      String group = host.tree().resolve("/sys/bus/mdev/devices/" + uuid + "/iommu_group").name();
      memory = scope.own(Arena.ofShared()).allocate(SIZE, 4096);
      GroupFile opened = scope.own(vfio.openGroup(Integer.parseInt(group), "test"));
      container = scope.own(vfio.openContainer("test"));
      opened.setGuest(guest);
      opened.setContainer(container);
      container.setIommu(TYPE1_V2);
      container
          .iommu()
          .map(new DmaMap(DmaMap.SIZE, READ_WRITE, GuestMemory.of(memory), 0, MEMORY, SIZE));
      file = scope.own(opened.openDevice(uuid));
    } catch (Throwable failure) {
      scope.close();
      throw failure;
    }
  }

  /** Maps more of the guest's memory. */
  void map(long iova, GuestMemory what) {
    container.iommu().map(new DmaMap(DmaMap.SIZE, READ_WRITE, what, 0, iova, what.size()));
  }

  void unmap() {
    container.iommu().unmap(new DmaUnmap(DmaUnmap.SIZE, 0, MEMORY, SIZE, null));
  }

  int pinnedPages() {
    return container.iommu().pinnedPages();
  }

  byte at(long iova) {
    return memory.get(ValueLayout.JAVA_BYTE, iova - MEMORY);
  }

  @Override
  public void close() {
    scope.close();
  }
}
