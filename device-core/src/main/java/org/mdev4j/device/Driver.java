package org.mdev4j.device;

import java.util.List;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.AttributeGroup;

/**
 * What drives devices of one bus.
 *
 * <p>All callbacks for one device run one at a time, under that device's lock.
 */
public interface Driver {
  /** The driver's name on its bus. */
  String name();

  /**
   * Takes {@code device} over.
   *
   * @param scope takes whatever is acquired for the pair (device, driver); the core closes it after
   *     {@link #remove}, or at once if this call or the adding of its attributes fails
   * @return attribute groups that the core adds to the device while it is bound
   * @throws org.mdev4j.device.errno.ErrnoException to refuse; the errno reaches whoever asked
   */
  List<AttributeGroup> probe(Device device, Scope scope);

  /**
   * The binding that {@link #probe} agreed to is complete and was announced: time to begin what
   * adds further devices, so that their events follow that of the binding. Cannot fail.
   */
  default void bound(Device device) {}

  /**
   * Lets {@code device} go. Cannot fail; may block until its users have closed it. The scope of the
   * pair is closed afterwards, so many drivers have nothing to do here.
   */
  default void remove(Device device) {}

  /** The machine goes down: stop the hardware, tell nobody. */
  default void shutdown(Device device) {}
}
