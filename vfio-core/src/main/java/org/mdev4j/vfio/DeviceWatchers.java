package org.mdev4j.vfio;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who watches which devices come and go, and what each has made of each device.
 *
 * <h2>Thread safety</h2>
 *
 * The monitor guards the map and is held while a watcher is called, so that a device which comes
 * while somebody begins to watch is told once. Without watchers it is held for a few instructions.
 */
final class DeviceWatchers {
  private static final Logger log = LoggerFactory.getLogger(DeviceWatchers.class);

  private final Set<VfioRegistration> devices = new HashSet<>();
  private final Map<DeviceWatcher, Map<VfioRegistration, AutoCloseable>> made = new HashMap<>();

  synchronized AutoCloseable add(DeviceWatcher watcher) {
    if (made.putIfAbsent(watcher, new HashMap<>()) != null) {
      throw new IllegalArgumentException(watcher + " watches already");
    }
    devices.forEach(each -> tell(watcher, each));
    return () -> remove(watcher);
  }

  synchronized void registered(VfioRegistration device) {
    devices.add(device);
    made.keySet().forEach(watcher -> tell(watcher, device));
  }

  void unregistering(VfioRegistration device) {
    List<AutoCloseable> ended = new ArrayList<>();
    synchronized (this) {
      devices.remove(device);
      for (Map<VfioRegistration, AutoCloseable> of : made.values()) {
        AutoCloseable one = of.remove(device);
        if (one != null) {
          ended.add(one);
        }
      }
    }
    ended.forEach(DeviceWatchers::close);
  }

  private void remove(DeviceWatcher watcher) {
    Map<VfioRegistration, AutoCloseable> ended;
    synchronized (this) {
      ended = made.remove(watcher);
    }
    if (ended != null) {
      ended.values().forEach(DeviceWatchers::close);
    }
  }

  private void tell(DeviceWatcher watcher, VfioRegistration device) {
    Map<VfioRegistration, AutoCloseable> of = made.get(watcher);
    try {
      if (of != null) {
        of.put(device, watcher.registered(device));
      }
    } catch (RuntimeException failure) {
      log.error("{}: a watcher failed", device.name(), failure);
    }
  }

  private static void close(AutoCloseable made) {
    try {
      made.close();
    } catch (Exception failure) {
      log.error("could not end {}", made, failure);
    }
  }
}
