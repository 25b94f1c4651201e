package org.mdev4j.ap.bus;

import java.util.List;
import org.mdev4j.ap.ApDriver;
import org.mdev4j.device.Device;
import org.mdev4j.device.Driver;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.AttributeGroup;

/** An {@link ApDriver} as the driver core knows drivers. */
final class QueueDriverAdapter implements Driver {
  private final ApDriver ap;
  private final Permissions permissions;

  QueueDriverAdapter(ApDriver ap, Permissions permissions) {
    this.ap = ap;
    this.permissions = permissions;
  }

  ApDriver ap() {
    return ap;
  }

  @Override
  public String name() {
    return ap.name();
  }

  /**
   * Asks once more whether the driver may have the queue: by now the device counts as bound, so
   * whoever changes the masks from here on sees it and takes it away again.
   */
  @Override
  public List<AttributeGroup> probe(Device device, Scope scope) {
    QueueDevice queue = device.payload(QueueDevice.class);
    if (!permissions.allow(queue.apqn(), ap)) {
      throw new ErrnoException(
          Errno.ENODEV, queue.apqn() + " is not for driver " + name() + " by apmask and aqmask");
    }
    return ap.probe(queue, scope);
  }

  @Override
  public void remove(Device device) {
    ap.remove(device.payload(QueueDevice.class));
  }
}
