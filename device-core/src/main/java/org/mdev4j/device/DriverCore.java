package org.mdev4j.device;

import java.util.List;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import org.mdev4j.device.Uevent.Action;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.lifetime.Activity;
import org.mdev4j.device.lifetime.FailureListener;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.device.sysfs.AttributeGroup;
import org.mdev4j.device.sysfs.SysfsDeviceNode;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.device.sysfs.SysfsLink;
import org.mdev4j.device.sysfs.SysfsTree;

/**
 * The driver core of one host: puts devices, buses and classes into the tree and announces them.
 *
 * <p>A device appears with its attributes at once; its links follow, and only then its {@code add}
 * event. It goes the other way round: everything that leads to it first, then its driver lets go,
 * then the {@code remove} event, then its directory.
 *
 * <h2>Thread safety</h2>
 *
 * All methods may be called from any thread. The only locks are one per device ({@link Device}) and
 * leaves; devices below different parents share none that is held during a callback.
 */
public final class DriverCore {
  private final SysfsTree tree;
  private final Uevents uevents;
  private final boolean powerManagement;
  private final FailureListener failures;
  private final SysfsDirectory buses;
  private final SysfsDirectory classes;
  private final SysfsDirectory devices;
  private final SysfsDirectory virtual;
  private final DeviceClass misc;
  private final AtomicLong added = new AtomicLong();
  private final NavigableMap<Long, Device> present = new ConcurrentSkipListMap<>();

  /** A core on which nobody wants to know of failures. */
  public DriverCore(SysfsTree tree, Uevents uevents, boolean powerManagement) {
    this(tree, uevents, powerManagement, FailureListener.NONE);
  }

  /**
   * @param powerManagement whether devices have a {@code power} directory
   * @param failures is told of what drivers fail in and the core can only log
   */
  public DriverCore(
      SysfsTree tree, Uevents uevents, boolean powerManagement, FailureListener failures) {
    this.tree = tree;
    this.failures = failures;
    this.uevents = uevents;
    this.powerManagement = powerManagement;
    this.buses = tree.sys().addDirectory("bus");
    this.classes = tree.sys().addDirectory("class");
    this.devices = tree.sys().addDirectory("devices");
    this.virtual = devices.addDirectory("virtual");
    this.misc = registerClass("misc");
  }

  public SysfsTree tree() {
    return tree;
  }

  public Uevents uevents() {
    return uevents;
  }

  /** Is told of what is only logged. */
  FailureListener failures() {
    return failures;
  }

  /** {@code /sys/class}. */
  public SysfsDirectory classes() {
    return classes;
  }

  /** The class of single devices with a node of their own, there from the start. */
  public DeviceClass misc() {
    return misc;
  }

  /** {@code /sys/devices/virtual}. */
  SysfsDirectory virtual() {
    return virtual;
  }

  /** Registers a bus; close it to unregister it. */
  public Bus registerBus(BusType type) {
    return new Bus(this, type, buses);
  }

  /** Registers a class; close it to unregister it. */
  public DeviceClass registerClass(String name) {
    DeviceClass registered = new DeviceClass(this, name);
    var _ = registered.directory();
    return registered;
  }

  /** Names a class, which is registered with its first device; close it to unregister it. */
  public DeviceClass declareClass(String name) {
    return new DeviceClass(this, name);
  }

  /**
   * Adds a device to the tree, announces it, and offers it to the drivers of its bus.
   *
   * @throws ErrnoException {@code EEXIST} if its name is taken where it has to go, {@code ENOENT}
   *     if its parent is gone; nothing is left behind
   */
  public Device add(DeviceSpec spec) {
    Device device = new Device(this, spec, added.incrementAndGet());
    SysfsDirectory directory = device.directory();
    directory.addAttribute(device.ueventAttribute());
    spec.groups.forEach(directory::addGroup);
    spec.links.forEach(directory::addLink);
    DeviceNumber number = spec.number;
    if (number != null) {
      directory.addAttribute(Attribute.readOnly("dev", number::text));
    }
    if (powerManagement) {
      directory.add(powerDirectory());
    }
    SysfsDirectory home = enterHome(spec);
    try {
      home.add(directory);
    } catch (ErrnoException refusal) {
      leaveHome(spec);
      throw refusal;
    }
    try {
      link(device);
    } catch (ErrnoException refusal) {
      unlink(device);
      vacate(device);
      throw refusal;
    }
    present.put(device.order(), device);
    device.emit(Action.ADD);
    Bus bus = spec.bus;
    if (bus != null) {
      bus.offer(device);
    }
    return device;
  }

  /** Adds a device that goes when {@code scope} is closed. See {@link #add(DeviceSpec)}. */
  public Device add(DeviceSpec spec, Scope scope) {
    Device device = add(spec);
    scope.onClose(device::removalWaitsFor, () -> remove(device));
    return device;
  }

  /**
   * Removes a device: nobody finds it any more, its driver lets it go (which may block), its
   * removal is announced, its directory goes. Only the first removal of a device does anything.
   *
   * @throws ErrnoException {@code EDEADLK} if the calling thread is in the middle of something that
   *     the removal waits for: a call of its attributes, a callback of its driver; nothing has
   *     changed then
   */
  public void remove(Device device) {
    if (device.isDead()) {
      return;
    }
    Activity.refuseSelfWait(() -> "the removal of " + device.name(), device::removalWaitsFor);
    if (!device.die()) {
      return;
    }
    unlink(device);
    Bus bus = device.bus();
    if (bus != null) {
      bus.release(device);
    }
    device.emit(Action.REMOVE);
    vacate(device);
    present.remove(device.order());
  }

  /**
   * The machine goes down: every driver stops the hardware of its devices, the newest device first.
   * They stay bound. A driver that fails does not keep the others from it.
   */
  public void shutdown() {
    for (Device device : present.descendingMap().values()) {
      device.lock();
      try {
        RegisteredDriver driver = device.driver();
        if (driver != null) {
          Activity.run("shutdown", device, () -> driver.driver().shutdown(device));
        }
      } catch (Throwable failure) {
        // As a remove: whatever the driver did, the machine goes down.
        failures.report("shutdown of " + device.name(), failure);
      } finally {
        device.unlock();
      }
    }
  }

  /** The node's path below {@code /sys}, with a leading slash. */
  static String devpath(SysfsDirectory directory) {
    return directory.path().substring("/sys".length());
  }

  /** The directory that the device goes into; {@link #leaveHome} gives the share in it back. */
  private SysfsDirectory enterHome(DeviceSpec spec) {
    DeviceClass deviceClass = spec.deviceClass;
    Device parent = spec.parent;
    if (deviceClass == null) {
      return parent == null ? devices : parent.directory();
    }
    var _ = deviceClass.directory();
    return parent == null ? deviceClass.enterVirtual() : parent.enterGlue(deviceClass);
  }

  private static void leaveHome(DeviceSpec spec) {
    DeviceClass deviceClass = spec.deviceClass;
    Device parent = spec.parent;
    if (deviceClass != null && parent == null) {
      deviceClass.leaveVirtual();
    } else if (deviceClass != null && parent != null) {
      parent.leaveGlue(deviceClass);
    }
  }

  private static void vacate(Device device) {
    SysfsDirectory home = device.directory().parent();
    if (home != null) {
      home.remove(device.directory());
    }
    leaveHome(device.spec());
  }

  private void link(Device device) {
    SysfsDirectory directory = device.directory();
    DeviceClass deviceClass = device.deviceClass();
    Device parent = device.parent();
    if (deviceClass != null) {
      directory.addLink("subsystem", deviceClass.directory());
      if (parent != null) {
        directory.addLink("device", parent.directory());
      }
      deviceClass.directory().addLink(device.name(), directory);
    }
    Bus bus = device.bus();
    if (bus != null) {
      bus.link(device);
    }
    device.spec().indexes.forEach(index -> index.addLink(device.name(), directory));
    DeviceNumber number = device.spec().number;
    if (number != null) {
      device.node(addNode(number));
    }
  }

  /** Takes away everything that leads to the device and its own attributes; its directory stays. */
  private void unlink(Device device) {
    SysfsDirectory directory = device.directory();
    directory.remove("power");
    removeNode(device);
    if (device.spec().number != null) {
      directory.remove("dev");
    }
    DeviceClass deviceClass = device.deviceClass();
    if (deviceClass != null) {
      removeLink(deviceClass.directory(), device);
      directory.remove("device");
      directory.remove("subsystem");
    }
    device.spec().links.keySet().forEach(directory::remove);
    device.spec().indexes.forEach(index -> removeLink(index, device));
    directory.remove("uevent");
    device.spec().groups.forEach(directory::removeGroup);
    Bus bus = device.bus();
    if (bus != null) {
      bus.unlink(device);
    }
  }

  private SysfsDeviceNode addNode(DeviceNumber number) {
    int slash = number.node().lastIndexOf('/');
    String name = number.node().substring(slash + 1);
    while (true) {
      try {
        SysfsDirectory home =
            slash < 0
                ? tree.dev()
                : SysfsTree.makeDirectories(tree.dev(), number.node().substring(0, slash));
        return home.add(new SysfsDeviceNode(name, number.mode(), number.major(), number.minor()));
      } catch (ErrnoException refusal) {
        if (refusal.errno() != Errno.ENOENT) {
          throw refusal;
        }
        // The directory went with the last node in it while we were on the way: make it again.
      }
    }
  }

  private void removeNode(Device device) {
    SysfsDeviceNode node = device.node();
    SysfsDirectory home = node == null ? null : node.parent();
    if (node != null && home != null) {
      home.remove(node);
      SysfsDirectory above = home.parent();
      if (home != tree.dev() && above != null) {
        above.removeIfEmpty(home);
      }
    }
  }

  /** Removes the link named after {@code device}, if it is this device's and not a namesake's. */
  static void removeLink(SysfsDirectory from, Device device) {
    removeLink(from, device.name(), device.directory());
  }

  /** Removes the link {@code name} if it leads to {@code target}. */
  static void removeLink(SysfsDirectory from, String name, SysfsDirectory target) {
    if (from.child(name) instanceof SysfsLink link && link.target() == target) {
      from.remove(link);
    }
  }

  private static SysfsDirectory powerDirectory() {
    SysfsDirectory power = new SysfsDirectory("power");
    power.addGroup(
        AttributeGroup.of(
            "",
            new Attribute("control", 0644, () -> "auto\n", ignored -> {}),
            Attribute.readOnly("runtime_status", () -> "unsupported"),
            Attribute.readOnly("runtime_active_time", () -> 0),
            Attribute.readOnly("runtime_suspended_time", () -> 0)));
    return power;
  }

  /** The uevent file of an object that is no device: writing an action announces it again. */
  Attribute kobjectUevent(SysfsDirectory directory, String subsystem) {
    return Attribute.writeOnly(
        "uevent",
        text -> {
          SyntheticUevent event = SyntheticUevent.parse(text);
          uevents.emit(event.action(), devpath(directory), subsystem, event.env());
        });
  }

  /** Announces an object that is no device. */
  void emit(Action action, SysfsDirectory directory, String subsystem) {
    uevents.emit(action, devpath(directory), subsystem, List.of());
  }
}
