package org.mdev4j.vfio;

import org.jspecify.annotations.Nullable;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.vfio.dma.DmaSpace;

/**
 * A device that was opened alone in a container of its own: its file, the address space it works
 * in, and all that leads to them. Closing it closes everything; what was mapped is unmapped.
 */
public final class OpenDevice implements AutoCloseable {
  private static final int TYPE1_V2 = 3;

  private final Scope scope;
  private final DmaSpace memory;
  private final DeviceFile file;

  private OpenDevice(Scope scope, DmaSpace memory, DeviceFile file) {
    this.scope = scope;
    this.memory = memory;
    this.file = file;
  }

  static OpenDevice of(VfioGroup group, Container container, String user, @Nullable Object guest) {
    Scope scope = new Scope(user);
    try {
      scope.own(container);
      group.open();
      GroupFile groupFile = scope.own(new GroupFile(group, user));
      groupFile.setGuest(guest);
      groupFile.setContainer(container);
      container.setIommu(TYPE1_V2);
      DeviceFile file = scope.own(groupFile.openDevice(group.device().name()));
      return new OpenDevice(scope, container.iommu(), file);
    } catch (Throwable failure) {
      scope.close();
      throw failure;
    }
  }

  public DeviceFile file() {
    return file;
  }

  /** Where its user maps memory. */
  public DmaSpace memory() {
    return memory;
  }

  @Override
  public void close() {
    scope.close();
  }
}
