package org.mdev4j.vfiouser.client;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.DeviceInfo;
import org.mdev4j.vfio.irq.IrqIndex;
import org.mdev4j.vfio.irq.IrqSet;
import org.mdev4j.vfio.migration.MigrationModel;
import org.mdev4j.vfio.model.DeviceApi;
import org.mdev4j.vfio.model.DeviceContext;
import org.mdev4j.vfio.model.ForwardsInterrupts;
import org.mdev4j.vfio.model.Migratable;
import org.mdev4j.vfio.model.Region;
import org.mdev4j.vfio.model.RegionLayout;
import org.mdev4j.vfio.model.Resettable;
import org.mdev4j.vfio.model.VfioDevice;
import org.mdev4j.vfiouser.wire.Command;

/**
 * A device behind a vfio-user socket, as a VFIO device model: register it, and it is opened, read,
 * written and interrupts as if it were here.
 *
 * {@snippet :
 * vfio.register(device, RemoteDevice.at(Path.of("/run/mdev/UUID.sock")), module, List.of());
 * }
 *
 * <p>It is connected while it is open, so the server resets it when its last user has gone. Regions
 * that can be mapped as a whole are mapped here, all others are accessed by messages. The device
 * reaches its user's memory by messages too: it can copy, not pin.
 *
 * <h2>Thread safety</h2>
 *
 * As VFIO asks for. Calls to the server are made one at a time; {@code use} is set while the device
 * is open.
 */
public sealed class RemoteDevice implements VfioDevice, Resettable, ForwardsInterrupts {
  private static final int REQ = 4;
  private static final int REGION_SHIFT = 40;

  /** More would reach into the place of the next. */
  static final long LARGEST_REGION = 1L << REGION_SHIFT;

  private final Path path;
  private final RemoteInfo info;
  private final List<Region> regions = new ArrayList<>();
  private volatile @Nullable RemoteUse use;

  private RemoteDevice(Path path, RemoteInfo info) {
    this.path = path;
    this.info = info;
    for (int i = 0; i < info.regions().size(); i++) {
      regions.add(RemoteRegions.of(this, i, info.regions().get(i)));
    }
  }

  /**
   * Asks the server at {@code path} what its device is.
   *
   * @throws ErrnoException {@code ENOTCONN} if nobody serves there; {@code EBUSY} while the device
   *     has another user; {@code EPROTO} for answers that make no sense; {@code EINVAL} if it is no
   *     PCI device
   */
  public static RemoteDevice at(Path path) {
    try (Connection connection = Connection.to(path)) {
      RemoteInfo info = RemoteInfo.of(connection);
      if ((info.flags() & DeviceApi.PCI.flag()) == 0) {
        throw new ErrnoException(Errno.EINVAL, "the device at " + path + " is no PCI device");
      }
      return info.migration() == 0
          ? new RemoteDevice(path, info)
          : new MigratableRemoteDevice(path, info);
    }
  }

  /** One that can migrate. */
  private static final class MigratableRemoteDevice extends RemoteDevice implements Migratable {
    private final MigrationModel migration;

    MigratableRemoteDevice(Path path, RemoteInfo info) {
      super(path, info);
      migration = new RemoteMigration(this, info.migration());
    }

    @Override
    public MigrationModel migration() {
      return migration;
    }
  }

  /** What it is connected with while it is open. */
  RemoteUse use() {
    RemoteUse current = use;
    if (current == null) {
      throw new ErrnoException(Errno.ENODEV, "the device at " + path + " is not open");
    }
    return current;
  }

  @Override
  public DeviceApi api() {
    return DeviceApi.PCI;
  }

  @Override
  public int regionCount() {
    return regions.size();
  }

  @Override
  public @Nullable Region region(int index) {
    return index < regions.size() ? regions.get(index) : null;
  }

  @Override
  public RegionLayout layout() {
    return RegionLayout.shifted(REGION_SHIFT);
  }

  @Override
  public List<IrqIndex> irqs() {
    return info.irqs();
  }

  @Override
  public void open(DeviceContext context) {
    RemoteUse opened = RemoteUse.open(path, context, info);
    use = opened;
  }

  @Override
  public void close() {
    RemoteUse current = use;
    use = null;
    if (current != null) {
      current.close();
    }
  }

  @Override
  public boolean announcesReset() {
    return (info.flags() & DeviceInfo.RESET) != 0;
  }

  @Override
  public void reset() {
    use().connection().call(Command.DEVICE_RESET, _ -> {});
  }

  @Override
  public void setIrqs(IrqSet request) {
    use().irqs().set(request);
  }

  /** The user is asked here: the server knows nothing of who wants the device back. */
  @Override
  public void request(int count) {
    RemoteUse current = use;
    if (current != null) {
      current.irqs().signal(REQ, 0);
    }
  }

  @Override
  public String toString() {
    return "device at " + path;
  }
}
