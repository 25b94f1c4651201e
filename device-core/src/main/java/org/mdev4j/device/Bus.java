package org.mdev4j.device;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ConcurrentSkipListMap;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.Uevent.Action;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.lifetime.Activity;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.device.sysfs.AttributeGroup;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.device.sysfs.SysfsNode;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A bus: its devices, its drivers, and the binding of one to the other.
 *
 * <h2>Thread safety</h2>
 *
 * Devices and drivers are in concurrent maps. A device's binding changes under that device's lock
 * only ({@link Device}); binding two devices never waits for one another.
 */
public class Bus implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Bus.class);

  private final DriverCore core;
  private final BusType type;
  private final SysfsDirectory directory;
  private final SysfsDirectory deviceLinks = new SysfsDirectory("devices");
  private final SysfsDirectory driverDirectories = new SysfsDirectory("drivers");
  private final ConcurrentMap<String, Device> devices = new ConcurrentSkipListMap<>();
  private final ConcurrentMap<String, RegisteredDriver> drivers = new ConcurrentSkipListMap<>();
  private volatile boolean autoprobe = true;

  Bus(DriverCore core, BusType type, SysfsDirectory home) {
    this.core = core;
    this.type = type;
    this.directory = new SysfsDirectory(type.name());
    directory.add(deviceLinks);
    directory.add(driverDirectories);
    directory.addAttribute(
        Attribute.readWrite("drivers_autoprobe", () -> autoprobe ? 1 : 0, this::storeAutoprobe));
    directory.addAttribute(Attribute.writeOnly("drivers_probe", this::storeProbe));
    directory.addAttribute(core.kobjectUevent(directory, "bus"));
    home.add(directory);
    core.emit(Action.ADD, directory, "bus");
  }

  public String name() {
    return type.name();
  }

  /** {@code /sys/bus/NAME}. */
  public SysfsDirectory directory() {
    return directory;
  }

  /** The device of that name, or null. */
  public @Nullable Device device(String name) {
    return devices.get(name);
  }

  /** The devices on the bus now, by name. */
  public List<Device> devices() {
    return new ArrayList<>(devices.values());
  }

  /** The driver of that name, or null. */
  public @Nullable RegisteredDriver driver(String name) {
    return drivers.get(name);
  }

  BusType type() {
    return type;
  }

  /**
   * Registers a driver and offers it every device that has none.
   *
   * @param module {@code /sys/module/NAME} of the module that brings it, or null if built in
   * @throws ErrnoException {@code EBUSY} if the bus has a driver of that name
   */
  public RegisteredDriver registerDriver(Driver driver, @Nullable SysfsDirectory module) {
    SysfsDirectory home = new SysfsDirectory(driver.name());
    RegisteredDriver registered = new RegisteredDriver(this, driver, home);
    if (drivers.putIfAbsent(driver.name(), registered) != null) {
      throw new ErrnoException(
          Errno.EBUSY, "bus " + name() + " already has a driver '" + driver.name() + "'");
    }
    home.addAttribute(Attribute.writeOnly("bind", name -> bindByHand(registered, name)));
    home.addAttribute(Attribute.writeOnly("unbind", name -> unbindByHand(registered, name)));
    home.addAttribute(core.kobjectUevent(home, "drivers"));
    driverDirectories.add(home);
    if (module != null) {
      home.addLink("module", module);
    }
    if (autoprobe) {
      devices().forEach(device -> offer(device, registered));
    }
    core.emit(Action.ADD, home, "drivers");
    return registered;
  }

  /**
   * Unbinds every device of {@code driver}, also those that are being removed, and takes it off the
   * bus; the devices stay. When this returns no callback of the driver runs any more.
   *
   * @throws ErrnoException {@code EDEADLK} if such a callback, or something else that this waits
   *     for, calls it; nothing has changed then
   */
  public void unregisterDriver(RegisteredDriver driver) {
    if (driver.isGone()) {
      return;
    }
    Activity.refuseSelfWait(() -> "the unregistration of " + driver, driver::waitsFor);
    if (!driver.go()) {
      return;
    }
    SysfsNode bind = driver.directory().child("bind");
    if (bind != null) {
      driver.directory().remove(bind);
    }
    devices().forEach(device -> detach(device, driver));
    driver.boundDevices().forEach(device -> detach(device, driver));
    core.emit(Action.REMOVE, driver.directory(), "drivers");
    driverDirectories.remove(driver.directory());
    drivers.remove(driver.name(), driver);
  }

  /** Takes the bus away. Its drivers and devices are gone by now. */
  @Override
  public void close() {
    core.emit(Action.REMOVE, directory, "bus");
    SysfsDirectory home = directory.parent();
    if (home != null) {
      home.remove(directory);
    }
  }

  /**
   * Binds {@code driver} to {@code device}.
   *
   * @throws ErrnoException {@code ENODEV} if the device is being removed or the driver
   *     unregistered, {@code EBUSY} if it has a driver, {@code EAGAIN} if the driver asks to be
   *     probed later, else what its probe threw
   */
  public void attach(Device device, RegisteredDriver driver) {
    device.lock();
    try {
      checkBindable(device, driver);
      probe(device, driver);
    } finally {
      device.unlock();
    }
  }

  /** Checks that the device may be bound to the driver. Called under the device's lock. */
  void checkBindable(Device device, RegisteredDriver driver) {
    if (device.isDead()) {
      throw new ErrnoException(Errno.ENODEV, device.name() + " is being removed");
    }
    if (driver.isGone()) {
      throw new ErrnoException(Errno.ENODEV, driver + " is being unregistered");
    }
    if (device.driver() != null) {
      throw new ErrnoException(Errno.EBUSY, device.name() + " has a driver: " + device.driver());
    }
  }

  /**
   * Unbinds {@code device} from {@code driver}; waits as long as the driver needs to let go.
   *
   * @return false if they were not bound
   * @throws ErrnoException {@code EDEADLK} if the driver is busy with the device, or its user is,
   *     in the calling thread; nothing has changed then
   */
  public boolean detach(Device device, RegisteredDriver driver) {
    Activity.refuseSelfWait(
        () -> "the unbinding of " + device.name() + " from " + driver,
        place -> device.unbindingWaitsFor(driver, place));
    device.lock();
    try {
      Binding binding = device.binding();
      if (binding == null || binding.driver() != driver) {
        return false;
      }
      release(device, binding);
      return true;
    } finally {
      device.unlock();
    }
  }

  /** Offers a device that has no driver to all drivers, one after the other. */
  public void offer(Device device) {
    if (autoprobe) {
      drivers.values().forEach(driver -> offer(device, driver));
    }
  }

  void link(Device device) {
    if (devices.putIfAbsent(device.name(), device) != null) {
      throw new ErrnoException(
          Errno.EEXIST, "bus " + name() + " already has a device '" + device.name() + "'");
    }
    deviceLinks.addLink(device.name(), device.directory());
    device.directory().addLink("subsystem", directory);
  }

  void unlink(Device device) {
    DriverCore.removeLink(deviceLinks, device);
    device.directory().remove("subsystem");
    devices.remove(device.name(), device);
  }

  /** Unbinds a device that is being removed. */
  void release(Device device) {
    device.lock();
    try {
      Binding binding = device.binding();
      if (binding != null) {
        release(device, binding);
      }
    } finally {
      device.unlock();
    }
  }

  private void offer(Device device, RegisteredDriver driver) {
    if (device.driver() != null || driver.isGone() || !type.match(device, driver)) {
      return;
    }
    try {
      attach(device, driver);
    } catch (ErrnoException refusal) {
      log.info("{}: {} did not take it: {}", device.name(), driver, refusal.summary());
    }
  }

  private void probe(Device device, RegisteredDriver driver) {
    Scope scope = new Scope(device.name() + " on " + driver.name(), core.failures());
    device.bind(new Binding(driver, scope, List.of()));
    driver.bound(device);
    List<AttributeGroup> added = new ArrayList<>();
    boolean probed = false;
    try {
      driver.directory().addLink(device.name(), device.directory());
      device.directory().addLink("driver", driver.directory());
      List<AttributeGroup> groups =
          Activity.call("probe", device, () -> driver.driver().probe(device, scope));
      probed = true;
      for (AttributeGroup group : groups) {
        device.directory().addGroup(group);
        added.add(group);
      }
      device.bind(new Binding(driver, scope, List.copyOf(groups)));
    } catch (Throwable failure) {
      added.forEach(device.directory()::removeGroup);
      unlinkDriver(device, driver);
      boolean wasProbed = probed;
      Activity.run(
          "probe",
          device,
          () -> {
            if (wasProbed) {
              letGo(device, driver);
            }
            scope.close();
          });
      device.bind(null);
      driver.unbound(device);
      throw refusal(device, driver, failure);
    }
    device.emit(Action.BIND);
    try {
      Activity.run("binding", device, () -> driver.driver().bound(device));
    } catch (Throwable failure) {
      core.failures().report("what follows the bind of " + device.name(), failure);
    }
  }

  private static ErrnoException refusal(Device device, RegisteredDriver driver, Throwable failure) {
    ErrnoException refusal = ErrnoException.of(failure, "probe of " + device.name());
    if (refusal.errno() == Errno.EPROBE_DEFER) {
      return new ErrnoException(Errno.EAGAIN, refusal.getMessage() + " (probe deferred)", refusal);
    }
    if (refusal == failure) {
      log.info("{}: probe of {} refused: {}", driver.name(), device.name(), refusal.summary());
    } else {
      log.error("{}: probe of {} failed", driver.name(), device.name(), failure);
    }
    return refusal;
  }

  private void release(Device device, Binding binding) {
    RegisteredDriver driver = binding.driver();
    unlinkDriver(device, driver);
    binding.groups().forEach(device.directory()::removeGroup);
    Activity.run(
        "unbinding",
        device,
        () -> {
          letGo(device, driver);
          binding.scope().close();
        });
    device.bind(null);
    device.emit(Action.UNBIND);
    driver.unbound(device);
  }

  private void letGo(Device device, RegisteredDriver driver) {
    try {
      driver.driver().remove(device);
    } catch (Throwable failure) {
      // A driver's remove cannot fail: whatever it did, the device is let go.
      core.failures().report("remove of " + device.name(), failure);
    }
  }

  private static void unlinkDriver(Device device, RegisteredDriver driver) {
    DriverCore.removeLink(driver.directory(), device);
    DriverCore.removeLink(device.directory(), "driver", driver.directory());
  }

  private void bindByHand(RegisteredDriver driver, String text) {
    Device device = find(text);
    if (!type.mayBindByHand(device, driver)) {
      throw new ErrnoException(
          Errno.ENODEV, driver + " can't be bound to '" + device.name() + "': they don't match");
    }
    attach(device, driver);
  }

  private void unbindByHand(RegisteredDriver driver, String text) {
    Device device = find(text);
    if (!detach(device, driver)) {
      throw new ErrnoException(Errno.ENODEV, device.name() + " is not bound to " + driver.name());
    }
  }

  private void storeProbe(String text) {
    Device device = find(text);
    drivers.values().forEach(driver -> offer(device, driver));
  }

  private void storeAutoprobe(String text) {
    autoprobe = !text.startsWith("0");
  }

  private Device find(String text) {
    String name = text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    Device device = devices.get(name);
    if (device == null) {
      throw new ErrnoException(Errno.ENODEV, "bus " + name() + " has no device '" + name + "'");
    }
    return device;
  }

  @Override
  public String toString() {
    return "bus " + name();
  }
}
