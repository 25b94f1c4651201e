package org.mdev4j.vfio;

/**
 * Is told which VFIO devices come and go, for example to serve them.
 *
 * <p>For each device it is called once, and what it returns is closed once, after that. Calls for
 * different devices may come at the same time. A call that blocks delays the registration of its
 * device, or the end of it, and no other device and no other watcher.
 */
@FunctionalInterface
public interface DeviceWatcher {
  /**
   * A device is registered and can be opened. The creation of the device waits for the call. If it
   * throws, an exception or an error, the host's {@code Tracing} is told, the device stays
   * registered, and this watcher is not told of its end.
   *
   * @return closed once the device begins to be unregistered, before its users are asked to let go
   */
  AutoCloseable registered(VfioRegistration device);
}
