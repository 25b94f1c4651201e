package org.mdev4j.vfio;

import java.util.function.IntConsumer;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.LoadedModule;

/**
 * A VFIO group: the one device of an emulated IOMMU group, and at most one user who has it open
 * ({@code spec/vfio.md} 2).
 *
 * <p>The group ends in two steps. When its device is unregistered it is dead: nothing can be done
 * with it. Its minor number stays taken until the file that was open on it is closed, too.
 *
 * <h2>Thread safety</h2>
 *
 * The monitor guards everything. Under it the container's monitor is taken, never the other way
 * round; no device model is called under it.
 */
// Not final: tests of interleavings have no host, and so no module to count.
class VfioGroup {
  /** GROUP_GET_STATUS: nobody else owns the group's DMA. */
  static final int VIABLE = 1;

  /** GROUP_GET_STATUS: the group is in a container. */
  static final int CONTAINER_SET = 2;

  /** An open character device counts its module twice: for the device and for its operations. */
  private static final int MODULE_USES = 2;

  private final int number;
  private final int minor;
  private final VfioRegistration device;
  private final LoadedModule vfio;
  private final IntConsumer minorGiver;
  private @Nullable Container container;
  private @Nullable Object guest;
  private int files;
  private int deviceFiles;
  private boolean dead;

  VfioGroup(
      int number, int minor, VfioRegistration device, LoadedModule vfio, IntConsumer minorGiver) {
    this.number = number;
    this.minor = minor;
    this.device = device;
    this.vfio = vfio;
    this.minorGiver = minorGiver;
  }

  int number() {
    return number;
  }

  int minor() {
    return minor;
  }

  VfioRegistration device() {
    return device;
  }

  /** Opens the group for one user. */
  synchronized void open() {
    checkAlive();
    if (files != 0) {
      throw new ErrnoException(Errno.EBUSY, this + " is open already");
    }
    for (int i = 0; i < MODULE_USES; i++) {
      if (!getModule()) {
        putModules(i);
        throw new ErrnoException(Errno.ENODEV, "module vfio is being unloaded");
      }
    }
    files = 1;
  }

  /** Ends one file that keeps the group open: its own, or one of its device. */
  synchronized void release() {
    if (--files > 0) {
      return;
    }
    leaveContainer();
    guest = null;
    putModules(MODULE_USES);
    if (dead) {
      minorGiver.accept(minor);
    }
  }

  /** The device is unregistered: nobody has it open, and the group leaves its container. */
  synchronized void die() {
    dead = true;
    leaveContainer();
    if (files == 0) {
      minorGiver.accept(minor);
    }
  }

  synchronized @Nullable Object guest() {
    return guest;
  }

  synchronized void setGuest(@Nullable Object named) {
    checkAlive();
    guest = named;
  }

  synchronized int status() {
    checkAlive();
    return container == null ? VIABLE : VIABLE | CONTAINER_SET;
  }

  synchronized void join(@Nullable Object target) {
    if (target == null) {
      throw new ErrnoException(Errno.EBADF, "no such file to set as container");
    }
    if (container != null) {
      throw new ErrnoException(Errno.EINVAL, this + " is in a container already");
    }
    checkAlive();
    if (!(target instanceof Container joined)) {
      throw new ErrnoException(Errno.EINVAL, target + " is no container");
    }
    joined.attach(this);
    container = joined;
  }

  synchronized void unset() {
    if (container == null) {
      throw new ErrnoException(Errno.EINVAL, this + " is in no container");
    }
    if (deviceFiles > 0) {
      throw new ErrnoException(Errno.EBUSY, this + ": a device file is open");
    }
    leaveContainer();
  }

  /** Takes what a new device file needs: a user of the group and of its container's IOMMU. */
  synchronized Container enterDevice() {
    checkAlive();
    Container current = container;
    if (current == null || !current.hasIommu()) {
      throw new ErrnoException(Errno.EINVAL, this + " has no container with an IOMMU");
    }
    files++;
    deviceFiles++;
    return current;
  }

  /** The same beside a file that is open on the device; null if there is none. */
  synchronized @Nullable Container joinDevice() {
    checkAlive();
    return deviceFiles == 0 ? null : enterDevice();
  }

  /** Opens a file on the device, once {@code entered} was taken for it. */
  DeviceFile openDevice(Container entered, String user) {
    try {
      DeviceSession session = device.enter(user, entered::attachDevice, guest());
      return new DeviceFile(
          device,
          session,
          user,
          () -> {
            device.leave(user);
            leaveDevice();
          });
    } catch (Throwable failure) {
      leaveDevice();
      throw failure;
    }
  }

  private void leaveDevice() {
    synchronized (this) {
      deviceFiles--;
    }
    release();
  }

  private void leaveContainer() {
    Container left = container;
    container = null;
    if (left != null) {
      left.detach(this);
    }
  }

  private void putModules(int times) {
    for (int i = 0; i < times; i++) {
      putModule();
    }
  }

  boolean getModule() {
    return vfio.tryGet();
  }

  void putModule() {
    vfio.put();
  }

  private void checkAlive() {
    if (dead) {
      throw new ErrnoException(Errno.ENODEV, "the device of " + this + " is gone");
    }
  }

  @Override
  public String toString() {
    return "VFIO group " + number;
  }
}
