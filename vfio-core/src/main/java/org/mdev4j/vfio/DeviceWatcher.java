package org.mdev4j.vfio;

/** Somebody who wants to know which VFIO devices there are, for example to serve them. */
@FunctionalInterface
public interface DeviceWatcher {
  /**
   * A device is registered and can be opened. Called on the registering thread, before whoever
   * created the device gets his answer; a failure is logged and concerns nobody else.
   *
   * @return closed once the device begins to be unregistered, before its users are asked to let go
   */
  AutoCloseable registered(VfioRegistration device);
}
