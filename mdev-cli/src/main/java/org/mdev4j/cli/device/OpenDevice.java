package org.mdev4j.cli.device;

import org.jspecify.annotations.Nullable;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.vfio.Container;
import org.mdev4j.vfio.DeviceFile;
import org.mdev4j.vfio.GroupFile;
import org.mdev4j.vfio.Vfio;
import org.mdev4j.vfio.dma.DmaSpace;

/**
 * A mediated device, opened as every user of {@code /dev/vfio} opens one; closing closes it all.
 */
public final class OpenDevice implements AutoCloseable {
  private static final int TYPE1_V2 = 3;

  private final Scope scope;
  private final Container container;
  private final DeviceFile file;

  private OpenDevice(Scope scope, Container container, DeviceFile file) {
    this.scope = scope;
    this.container = container;
    this.file = file;
  }

  /**
   * Opens the device {@code uuid} of a host that has {@code vfio_iommu_type1} loaded.
   *
   * @param user who opens it
   * @throws org.mdev4j.device.errno.ErrnoException as the group, container and device refuse
   */
  public static OpenDevice open(Host host, String uuid, String user) {
    return open(host, uuid, user, null);
  }

  /**
   * Opens the device for a guest. See {@link #open(Host, String, String)}.
   *
   * @param guest what the device's driver knows as a guest; null for none
   */
  public static OpenDevice open(Host host, String uuid, String user, @Nullable Object guest) {
    Vfio vfio = host.service(Vfio.class);
    int number =
        Integer.parseInt(
            host.tree().resolve("/sys/bus/mdev/devices/" + uuid + "/iommu_group").name());
    Scope scope = new Scope(user);
    try {
      GroupFile group = scope.own(vfio.openGroup(number, user));
      Container container = scope.own(vfio.openContainer(user));
      group.setGuest(guest);
      group.setContainer(container);
      container.setIommu(TYPE1_V2);
      return new OpenDevice(scope, container, scope.own(group.openDevice(uuid)));
    } catch (Throwable failure) {
      scope.close();
      throw failure;
    }
  }

  public DeviceFile file() {
    return file;
  }

  /** Where the user maps memory for the device. */
  public DmaSpace memory() {
    return container.iommu();
  }

  @Override
  public void close() {
    scope.close();
  }
}
