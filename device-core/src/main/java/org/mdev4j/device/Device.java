package org.mdev4j.device;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.Uevent.Action;
import org.mdev4j.device.lifetime.Activity;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.device.sysfs.SysfsDeviceNode;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.device.sysfs.SysfsNode;

/**
 * A device in the tree. {@link DriverCore#add} makes it and {@link DriverCore#remove} ends it.
 *
 * <h2>Thread safety</h2>
 *
 * The device lock serialises binding, unbinding and removal, and is held while the driver's {@code
 * probe} or {@code remove} runs, which may be long: reading the {@code uevent} attribute waits for
 * it. It guards {@code binding} and {@code dead}, which are volatile for readers that only look. No
 * other lock of the driver core is taken under it but leaves.
 */
public final class Device {
  private final DriverCore core;
  private final DeviceSpec spec;
  private final long order;
  private final SysfsDirectory directory;
  private final ReentrantLock lock = new ReentrantLock();
  private final Map<DeviceClass, Glue> glues = new HashMap<>();
  private volatile @Nullable Binding binding;
  private volatile boolean dead;
  private volatile @Nullable SysfsDeviceNode node;

  /**
   * @param order greater than that of every older device
   */
  Device(DriverCore core, DeviceSpec spec, long order) {
    this.core = core;
    this.spec = spec;
    this.order = order;
    this.directory = new SysfsDirectory(spec.name);
  }

  public String name() {
    return directory.name();
  }

  /** The device's directory below {@code /sys/devices}. */
  public SysfsDirectory directory() {
    return directory;
  }

  /** The directory's path below {@code /sys}, with a leading slash. */
  public String devpath() {
    return DriverCore.devpath(directory);
  }

  public @Nullable Device parent() {
    return spec.parent;
  }

  public @Nullable Bus bus() {
    return spec.bus;
  }

  public @Nullable DeviceClass deviceClass() {
    return spec.deviceClass;
  }

  /** The driver that it is bound to, or null. */
  public @Nullable RegisteredDriver driver() {
    Binding current = binding;
    return current == null ? null : current.driver();
  }

  /** The object that the device stands for. */
  public <T> T payload(Class<T> type) {
    return type.cast(Objects.requireNonNull(spec.payload, () -> name() + " stands for nothing"));
  }

  /** The object that the device stands for, if it is a {@code type}. */
  public <T> @Nullable T payloadIf(Class<T> type) {
    Object payload = spec.payload;
    return type.isInstance(payload) ? type.cast(payload) : null;
  }

  /** The bus or class that it belongs to, as uevents name it; empty for neither. */
  public String subsystem() {
    Bus bus = spec.bus;
    if (bus != null) {
      return bus.name();
    }
    DeviceClass deviceClass = spec.deviceClass;
    return deviceClass == null ? "" : deviceClass.name();
  }

  /**
   * The word with which the driver core names what drives it: its driver, else its bus, else its
   * class, else nothing.
   */
  public String driverString() {
    RegisteredDriver driver = driver();
    return driver == null ? subsystem() : driver.name();
  }

  /** Announces {@code action} with {@code variables} before the device's own. */
  public void emit(Action action, String... variables) {
    emit(action, List.of(variables));
  }

  void emit(Action action, List<String> variables) {
    List<String> env = new ArrayList<>(variables);
    env.addAll(environment());
    if (action == Action.UNBIND) {
      // Nobody shall load a module for a device that has just been let go.
      env.removeIf(variable -> variable.startsWith("MODALIAS="));
    }
    core.uevents().emit(action, devpath(), subsystem(), env);
  }

  DeviceSpec spec() {
    return spec;
  }

  long order() {
    return order;
  }

  /** Takes the lock; waits for the callback that is running for the device. */
  void lock() {
    if (!lock.tryLock()) {
      Activity.waiting(this, () -> "the driver of " + name() + ", which is busy", lock::lock);
    }
  }

  void unlock() {
    lock.unlock();
  }

  /** Whether removing the device waits for what is done at {@code place}. */
  public boolean removalWaitsFor(Object place) {
    Binding bound = binding;
    return place == this
        || (place instanceof SysfsNode node && node.isWithin(directory))
        || (bound != null && bound.scope().waitsFor(place));
  }

  /** Whether unbinding the device from {@code driver} waits for what is done at {@code place}. */
  boolean unbindingWaitsFor(RegisteredDriver driver, Object place) {
    Binding bound = binding;
    return bound != null
        && bound.driver() == driver
        && (place == this
            || bound.scope().waitsFor(place)
            || (place instanceof SysfsNode node && bound.holds(node, directory)));
  }

  @Nullable Binding binding() {
    return binding;
  }

  void bind(@Nullable Binding changed) {
    binding = changed;
  }

  boolean isDead() {
    return dead;
  }

  /** Makes it dead: nothing binds to it any more. True for the one call that did it. */
  boolean die() {
    lock();
    try {
      boolean first = !dead;
      dead = true;
      return first;
    } finally {
      lock.unlock();
    }
  }

  /** Its own node below {@code /dev}, or null. */
  @Nullable SysfsDeviceNode node() {
    return node;
  }

  void node(SysfsDeviceNode added) {
    node = added;
  }

  /** The {@code uevent} file: shows the variables, takes actions. */
  Attribute ueventAttribute() {
    return new Attribute("uevent", 0644, this::showUevent, this::storeUevent);
  }

  private String showUevent() {
    lock();
    try {
      StringBuilder text = new StringBuilder();
      environment().forEach(variable -> text.append(variable).append('\n'));
      return text.toString();
    } finally {
      lock.unlock();
    }
  }

  private void storeUevent(String text) {
    SyntheticUevent event = SyntheticUevent.parse(text);
    emit(event.action(), event.env());
  }

  private List<String> environment() {
    List<String> env = new ArrayList<>();
    DeviceNumber number = spec.number;
    if (number != null) {
      env.addAll(number.environment());
    }
    RegisteredDriver driver = driver();
    if (driver != null) {
      env.add("DRIVER=" + driver.name());
    }
    Bus bus = spec.bus;
    if (bus != null) {
      env.addAll(bus.type().uevent(this));
    }
    env.addAll(spec.environment.get());
    return env;
  }

  /**
   * The directory that holds this device's children of {@code deviceClass}: one named after the
   * class, there while it has children, unless this device is in a class itself.
   */
  SysfsDirectory enterGlue(DeviceClass deviceClass) {
    if (spec.deviceClass != null) {
      return directory;
    }
    synchronized (glues) {
      Glue glue =
          glues.computeIfAbsent(deviceClass, key -> new Glue(directory.addDirectory(key.name())));
      glue.children++;
      return glue.directory;
    }
  }

  void leaveGlue(DeviceClass deviceClass) {
    synchronized (glues) {
      Glue glue = glues.get(deviceClass);
      if (glue != null && --glue.children == 0) {
        glues.remove(deviceClass);
        directory.remove(glue.directory);
      }
    }
  }

  @Override
  public String toString() {
    String driver = driverString();
    return driver.isEmpty() ? name() : driver + " " + name();
  }

  private static final class Glue {
    final SysfsDirectory directory;
    int children;

    Glue(SysfsDirectory directory) {
      this.directory = directory;
    }
  }
}
