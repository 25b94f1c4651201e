package org.mdev4j.device;

import org.jspecify.annotations.Nullable;
import org.mdev4j.device.Uevent.Action;
import org.mdev4j.device.sysfs.SysfsDirectory;

/**
 * A class of devices: {@code /sys/class/NAME}, and {@code /sys/devices/virtual/NAME} while it has
 * devices without a parent.
 *
 * <p>A class is either registered at once, or declared and registered when its first device is
 * added; it goes when it is closed, after its devices.
 *
 * <h2>Thread safety</h2>
 *
 * The monitor guards the two transitions none/some of the class directory and of the directory for
 * virtual devices. It is a leaf and is not held while a device is put into either.
 */
public final class DeviceClass implements AutoCloseable {
  private final DriverCore core;
  private final String name;
  private @Nullable SysfsDirectory directory;
  private @Nullable SysfsDirectory virtualDevices;
  private int virtualDeviceCount;

  DeviceClass(DriverCore core, String name) {
    this.core = core;
    this.name = name;
  }

  public String name() {
    return name;
  }

  /** {@code /sys/class/NAME}; a declared class is registered now. */
  public synchronized SysfsDirectory directory() {
    SysfsDirectory known = directory;
    if (known == null) {
      known = core.classes().addDirectory(name);
      directory = known;
      core.emit(Action.ADD, known, "class");
    }
    return known;
  }

  /** Takes a share of {@code /sys/devices/virtual/NAME}, made for the first taker. */
  synchronized SysfsDirectory enterVirtual() {
    SysfsDirectory known = virtualDevices;
    if (known == null) {
      known = core.virtual().addDirectory(name);
      virtualDevices = known;
    }
    virtualDeviceCount++;
    return known;
  }

  /** Gives a share back; the last one takes the directory away. */
  synchronized void leaveVirtual() {
    SysfsDirectory known = virtualDevices;
    if (--virtualDeviceCount == 0 && known != null) {
      core.virtual().remove(known);
      virtualDevices = null;
    }
  }

  /** Unregisters the class. Its devices are gone by now. */
  @Override
  public void close() {
    SysfsDirectory known;
    synchronized (this) {
      known = directory;
      directory = null;
    }
    if (known != null) {
      core.emit(Action.REMOVE, known, "class");
      core.classes().remove(known);
    }
  }

  @Override
  public String toString() {
    return "class " + name;
  }
}
