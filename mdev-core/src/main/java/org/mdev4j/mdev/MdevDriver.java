package org.mdev4j.mdev;

import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.vfio.model.DeviceApi;

/**
 * A vendor driver's side of mediated devices. It holds no state: what a device needs is made by
 * {@link #probe} and belongs to that device.
 *
 * <p>Registering, counting, freeing, sysfs and every lifecycle are the core's.
 */
public interface MdevDriver {
  /** The driver's name on bus {@code mdev}. */
  String name();

  /** What kind of VFIO device it makes; the types' {@code device_api} shows it. */
  DeviceApi deviceApi();

  /**
   * Whether a device that somebody has open can be removed. If it can, a write to {@code remove}
   * asks the user to let go and waits; if not, it is {@code EBUSY}. Unregistering the parent and
   * unloading the module always wait.
   */
  default boolean removableInUse() {
    return true;
  }

  /**
   * Builds the device model for a new mediated device. The core registers what is returned.
   *
   * @param mdev what was asked for; not to be kept: device code works on its own object
   * @param scope takes whatever is acquired on the way; the core closes it, newest first, when the
   *     device goes, or at once if this call fails
   * @throws org.mdev4j.device.errno.ErrnoException to refuse; the errno reaches whoever wrote to
   *     {@code create}, and nothing of the device stays
   */
  MdevModel probe(MdevDevice mdev, Scope scope);
}
