package org.mdev4j.mdev;

import java.util.function.Consumer;
import org.mdev4j.device.Device;
import org.mdev4j.vfio.model.VfioDevice;

/** A registered parent, as its driver sees it. Thread-safe. */
public interface MdevParent {
  /** The parent device. */
  Device device();

  /**
   * Shows every registered VFIO device of this parent to {@code action}, in the order of creation,
   * each under a reference: none is unregistered while it is looked at. Devices that come or go
   * meanwhile may or may not be seen.
   *
   * @param model the class of the driver's device models
   */
  <M extends VfioDevice> void forEachLive(Class<M> model, Consumer<? super M> action);
}
