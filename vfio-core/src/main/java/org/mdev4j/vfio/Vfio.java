package org.mdev4j.vfio;

import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.Device;
import org.mdev4j.device.DeviceClass;
import org.mdev4j.device.DeviceNumber;
import org.mdev4j.device.DeviceSpec;
import org.mdev4j.device.DriverCore;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.HostClock;
import org.mdev4j.device.host.LoadedModule;
import org.mdev4j.device.host.ModuleContext;
import org.mdev4j.device.host.Tracing;
import org.mdev4j.device.lifetime.NumberPool;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.SysfsTree;
import org.mdev4j.vfio.model.VfioDevice;

/**
 * VFIO on one host, while module {@code vfio} is loaded: registers devices, and opens containers
 * and groups, through which devices are opened.
 *
 * {@snippet :
 * try (Container container = vfio.openContainer("me");
 *     GroupFile group = vfio.openGroup(0, "me")) {
 *   group.setContainer(container);
 *   container.setIommu(3);
 *   try (DeviceFile device = group.openDevice(uuid)) {
 *     device.read(0, buffer);
 *   }
 * }
 * }
 *
 * <h2>A byte's way</h2>
 *
 * {@link DeviceFile#write} finds the region by the model's layout and splits the access ({@link
 * RegionAccess}); the model's register takes it and may assert its line, which {@link
 * org.mdev4j.vfio.irq.Interrupts} turns into a signal of the user's eventfd.
 *
 * <h2>Thread safety</h2>
 *
 * Registered devices and groups are in concurrent maps; registering two devices shares no lock but
 * those of the number pools and of the list of watchers, which are leaves. Locks in order: group,
 * container, registration.
 */
public final class Vfio {
  /** The major number of group nodes; a kernel takes a free one at load. */
  static final int GROUP_MAJOR = 246;

  private static final int MISC_MAJOR = 10;
  private static final int VFIO_MINOR = 196;
  private static final int MAX_MINORS = 1 << 20;

  private final DriverCore core;
  private final HostClock clock;
  private final Tracing tracing;
  private final LoadedModule module;
  private final IommuGroups iommuGroups;
  private final NumberPool minors = new NumberPool("VFIO group minor", MAX_MINORS);
  private final NumberPool indexes = new NumberPool("VFIO device index", MAX_MINORS);
  private final ConcurrentMap<String, VfioRegistration> devices = new ConcurrentHashMap<>();
  private final ConcurrentMap<Integer, VfioGroup> groups = new ConcurrentHashMap<>();
  private final ConcurrentMap<String, VfioGroup> groupsByDevice = new ConcurrentHashMap<>();
  private final DeviceWatchers watchers;
  private final AtomicReference<@Nullable IommuBackend> backend = new AtomicReference<>();
  private final DeviceClass groupClass;
  private final DeviceClass deviceClass;

  Vfio(ModuleContext context) {
    core = context.devices();
    clock = context.clock();
    tracing = context.tracing();
    watchers = new DeviceWatchers(tracing);
    module = context.module();
    iommuGroups =
        new IommuGroups(SysfsTree.makeDirectories(core.tree().sys(), "kernel/iommu_groups"));
    Scope scope = context.scope();
    core.add(
        DeviceSpec.named("vfio")
            .in(core.misc())
            .numbered(new DeviceNumber(MISC_MAJOR, VFIO_MINOR, "vfio/vfio", 0666)),
        scope);
    groupClass = scope.own(core.registerClass("vfio"));
    deviceClass = scope.own(core.registerClass("vfio-dev"));
    UsersFile.add(core.tree().sys(), devices.values(), scope);
  }

  /** Opens {@code /dev/vfio/vfio}: a new container. */
  public Container openContainer(String user) {
    return new Container(backend::get, user);
  }

  /**
   * Opens {@code /dev/vfio/NUMBER}.
   *
   * @param user who opens it, for those who will wonder why a device is in use
   * @throws ErrnoException {@code ENOENT} if there is no such group; {@code EBUSY} if it is open
   */
  public GroupFile openGroup(int number, String user) {
    VfioGroup group = groups.get(number);
    if (group == null) {
      throw new ErrnoException(Errno.ENOENT, "there is no VFIO group " + number);
    }
    group.open();
    return new GroupFile(group, user);
  }

  /** The registered device of that name (a mediated device's UUID), or null. */
  public @Nullable VfioRegistration device(String name) {
    return devices.get(name);
  }

  /**
   * Opens a device by its name, in a container of its own: what a user does with {@link
   * #openContainer} and {@link #openGroup} who wants this one device.
   *
   * @throws ErrnoException {@code ENODEV} if there is no such device; {@code EBUSY} if somebody has
   *     its group open; {@code ENODEV} without module {@code vfio_iommu_type1}; else what the
   *     device's open threw
   */
  public OpenDevice openDevice(String name, String user) {
    return openDevice(name, user, null);
  }

  /**
   * Opens a device for a guest. See {@link #openDevice(String, String)}.
   *
   * @param guest what the device's driver knows as a guest; null for none
   */
  public OpenDevice openDevice(String name, String user, @Nullable Object guest) {
    return OpenDevice.of(groupOf(name), openContainer(user), user, guest);
  }

  /**
   * Opens one more file on a device that somebody has open, in his container: what he could do
   * himself, done for somebody who looks on. Until it is closed the device stays open too, and its
   * group taken.
   *
   * @return null if nobody has it open
   * @throws ErrnoException {@code ENODEV} if there is no such device
   */
  public @Nullable DeviceFile joinDevice(String name, String user) {
    VfioGroup group = groupOf(name);
    Container container = group.joinDevice();
    return container == null ? null : group.openDevice(container, user);
  }

  private VfioGroup groupOf(String device) {
    VfioGroup group = groupsByDevice.get(device);
    if (group == null) {
      throw new ErrnoException(Errno.ENODEV, "there is no VFIO device " + device);
    }
    return group;
  }

  /**
   * Tells {@code watcher} of every device, each once: of those that are registered now before this
   * returns, and of later ones as they come.
   *
   * @return ends the watching and closes what the watcher has returned for devices that are there;
   *     waits for calls that are under way
   */
  public AutoCloseable watch(DeviceWatcher watcher) {
    return watchers.add(watcher);
  }

  /** How many devices are registered. */
  public int deviceCount() {
    return devices.size();
  }

  /**
   * Registers {@code model} as the VFIO device of {@code physical}, alone in an emulated-IOMMU
   * group of its own.
   *
   * @param owner the module whose code the model is; kept loaded while the device is open
   * @param publications where callbacks shall find it while it is registered
   * @return the registration; closing it unregisters
   * @throws ErrnoException {@code EBUSY} if {@code physical} has a VFIO device already or a
   *     publication's slot is taken; {@code ENOSPC} if numbers run out; nothing stays then
   */
  public VfioRegistration register(
      Device physical, VfioDevice model, LoadedModule owner, List<Publication<?>> publications) {
    Scope scope = new Scope("vfio device " + physical.name(), tracing);
    VfioRegistration registration =
        new VfioRegistration(physical, model, owner, clock, tracing, scope);
    try {
      tracing.pass("vfio_register", physical.name());
      if (devices.putIfAbsent(physical.name(), registration) != null) {
        throw new ErrnoException(Errno.EBUSY, physical.name() + " has a VFIO device already");
      }
      scope.onClose(() -> devices.remove(physical.name(), registration));
      addGroup(physical, registration, scope);
      addDevice(physical, scope);
      // In this order a close first drains and then clears: until a publication is cleared,
      // callbacks find the model and its count decides.
      publications.forEach(
          publication -> scope.onClose(() -> publication.clear(registration.uses())));
      publications.forEach(publication -> publication.publish(registration.uses()));
      // Only now can it be opened, so whatever its users cause already finds the model.
      registration.uses().start();
      scope.onClose(registration::drain);
      scope.onClose(() -> watchers.unregistering(registration));
      watchers.registered(registration);
    } catch (Throwable failure) {
      scope.close();
      throw ErrnoException.of(failure, "registering VFIO device " + physical.name());
    }
    return registration;
  }

  /** Lets containers use {@code added} until the answer is closed. */
  AutoCloseable addBackend(IommuBackend added) {
    backend.set(added);
    return () -> backend.compareAndSet(added, null);
  }

  private void addGroup(Device physical, VfioRegistration registration, Scope scope) {
    int number = iommuGroups.create(physical, scope);
    int minor = minors.take();
    VfioGroup group = new VfioGroup(number, minor, registration, module, minors::giveBack);
    scope.onClose(group::die);
    groups.put(number, group);
    scope.onClose(() -> groups.remove(number, group));
    groupsByDevice.put(physical.name(), group);
    scope.onClose(() -> groupsByDevice.remove(physical.name(), group));
    core.add(
        DeviceSpec.named(Integer.toString(number))
            .in(groupClass)
            .numbered(
                new DeviceNumber(GROUP_MAJOR, minor, "vfio/" + number, DeviceNumber.DEFAULT_MODE)),
        scope);
  }

  private void addDevice(Device physical, Scope scope) {
    int index = indexes.take();
    scope.onClose(() -> indexes.giveBack(index));
    core.add(DeviceSpec.named("vfio" + index).below(physical).in(deviceClass), scope);
  }
}
