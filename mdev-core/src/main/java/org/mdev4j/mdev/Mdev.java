package org.mdev4j.mdev;

import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.Bus;
import org.mdev4j.device.BusType;
import org.mdev4j.device.Device;
import org.mdev4j.device.DeviceSpec;
import org.mdev4j.device.DriverCore;
import org.mdev4j.device.RegisteredDriver;
import org.mdev4j.device.Uevent.Action;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.ModuleContext;
import org.mdev4j.device.host.Tracing;
import org.mdev4j.device.lifetime.Activity;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.device.sysfs.AttributeGroup;
import org.mdev4j.device.sysfs.SysfsAttribute;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.device.sysfs.SysfsNode;
import org.mdev4j.vfio.Vfio;
import org.mdev4j.vfio.VfioRegistration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The mediated-device core of one host, while module {@code mdev} is loaded ({@code spec/mdev.md}).
 *
 * <p>A driver registers itself and its parents here; both registrations are undone by the scope in
 * whose name they were made. Users create and remove devices through the tree.
 *
 * <h2>The way of a UUID</h2>
 *
 * {@link #create}: listed in {@link InstanceRegistry} with its instance taken; then, inside the
 * parent's gate, the device is added to the tree and bound, which probes the driver and registers
 * its VFIO device ({@link MdevDriverRegistration}); then it is active. {@code remove}: claimed in
 * the registry; then, inside the gate, its links go, the driver core unbinds it, which waits for
 * its users; then it is unlisted and its instance given back.
 *
 * <h2>Thread safety</h2>
 *
 * Locks in order: a parent's gate, a device's lock, the registry's monitor. The monitor is a leaf.
 * Nothing that two parents share is held while a driver runs or the tree changes.
 */
public class Mdev {
  private static final Logger log = LoggerFactory.getLogger(Mdev.class);

  private final DriverCore core;
  private final Bus bus;
  private final SysfsDirectory compatClass;
  private final Tracing tracing;
  private final InstanceRegistry registry = new InstanceRegistry();

  Mdev(ModuleContext context) {
    core = context.devices();
    tracing = context.tracing();
    Scope scope = context.scope();
    compatClass = core.classes().addDirectory("mdev_bus");
    scope.onClose(() -> core.classes().remove(compatClass));
    bus = scope.own(core.registerBus(new MdevBus()));
  }

  /**
   * Registers {@code driver} on bus {@code mdev} until the context's scope is closed.
   *
   * @param context the load of the driver's module, which requires {@code vfio} and {@code mdev}
   * @throws ErrnoException {@code EINVAL} without a device_api, {@code EBUSY} if the bus has a
   *     driver of that name
   */
  @SuppressWarnings("NullAway") // here and below a careless driver's null is met
  public void registerDriver(ModuleContext context, MdevDriver driver) {
    if (driver.deviceApi() == null) {
      throw new ErrnoException(Errno.EINVAL, "driver " + driver.name() + " states no device_api");
    }
    MdevDriverRegistration registration =
        new MdevDriverRegistration(
            driver, context.module(), context.service(Vfio.class), context.tracing());
    RegisteredDriver registered = bus.registerDriver(registration, context.module().directory());
    registration.registered(registered);
    context
        .scope()
        .onClose(
            registered::waitsFor,
            () -> {
              registration.registered(null);
              bus.unregisterDriver(registered);
            });
  }

  /**
   * Makes {@code device} a parent of mediated devices until {@code scope} is closed; closing
   * removes its devices first, and waits for their users.
   *
   * @param driver a registered driver, which probes every device of this parent
   * @param limit how many there can be
   * @param types what can be created, at least one
   * @throws ErrnoException {@code ENODEV} if the driver is not registered, {@code EINVAL} for no
   *     driver, bad types or limits, {@code EEXIST} if the device is a parent or two types have one
   *     name
   */
  @SuppressWarnings("NullAway") // a careless driver's null, as above
  public MdevParent registerParent(
      Scope scope, Device device, MdevDriver driver, InstanceLimit limit, List<MdevType> types) {
    if (driver == null || types == null) {
      throw new ErrnoException(
          Errno.EINVAL, "parent " + device.name() + " is registered without driver or types");
    }
    RegisteredParent parent =
        new RegisteredParent(this, device, registrationOf(driver), limit, types);
    parent.showTypes();
    if (!parent.linkInto(compatClass)) {
      log.warn("{}: /sys/class/mdev_bus has another parent of this name", device.name());
    }
    log.info("{}: MDEV: Registered", device);
    device.emit(Action.CHANGE, "MDEV_STATE=registered");
    scope.onClose(parent::unregistrationWaitsFor, () -> unregister(parent));
    return parent;
  }

  /** The VFIO registration of the mediated device {@code uuid}; null if there is none now. */
  public @Nullable VfioRegistration vfioDevice(UUID uuid) {
    MdevInstance instance = registry.find(uuid);
    return instance == null ? null : instance.registration();
  }

  /** How many UUIDs are listed: devices, and those being created or removed. */
  public int deviceCount() {
    return registry.size();
  }

  long available(InstanceAccount account, MdevType type) {
    return registry.available(account, type);
  }

  void create(RegisteredParent parent, RegisteredType type, UUID uuid) {
    MdevInstance instance = new MdevInstance(uuid, parent, type);
    registry.insert(instance);
    try {
      tracing.pass("mdev_create", instance.name());
      enter(parent);
      try {
        Activity.run("create", parent, () -> addAndBind(instance));
      } finally {
        leave(parent);
      }
    } catch (Throwable failure) {
      registry.release(instance);
      throw failure;
    }
  }

  private void addAndBind(MdevInstance instance) {
    RegisteredParent parent = instance.registeredParent();
    RegisteredType type = instance.registeredType();
    RegisteredDriver driver = parent.registration().registered();
    if (driver == null) {
      throw new ErrnoException(Errno.ENODEV, "driver " + parent.driver().name() + " is gone");
    }
    Attribute remove = Attribute.writeOnly("remove", text -> storeRemove(instance, text));
    Device device =
        core.add(
            DeviceSpec.named(instance.name())
                .below(parent.device())
                .on(bus)
                .with(AttributeGroup.of("", remove))
                .linkedTo(type.directory(), "mdev_type")
                .listedIn(type.devices())
                .carrying(instance));
    instance.device(device);
    parent.list(instance);
    try {
      bus.attach(device, driver);
    } catch (Throwable failure) {
      parent.unlist(instance);
      core.remove(device);
      throw failure;
    }
    registry.activate(instance);
  }

  private void storeRemove(MdevInstance instance, String text) {
    if (!StoreText.isNonZero(text)) {
      return;
    }
    RegisteredParent parent = instance.registeredParent();
    enter(parent);
    MdevInstance.State found;
    try {
      checkRemovable(instance);
      found = registry.claimRemoval(instance);
      if (found == MdevInstance.State.ACTIVE) {
        Activity.run("removal of a device", parent, () -> remove(instance));
      }
    } finally {
      leave(parent);
    }
    if (found == MdevInstance.State.CREATING) {
      // Unlike the kernel, which loses the attribute here: it can be written again.
      throw new ErrnoException(Errno.EAGAIN, instance.name() + " is still being created");
    }
    instance.awaitRemoved();
  }

  /**
   * Checks that the removal would not wait for the calling thread, and whether the device may be
   * removed while it is in use. A user who comes after this has looked is waited for, as ever.
   */
  private static void checkRemovable(MdevInstance instance) {
    Device device = instance.device();
    if (device != null) {
      // The removal does not wait for the attribute's own store, in which this runs.
      SysfsNode own = device.directory().child("remove");
      Activity.refuseSelfWait(
          () -> "the removal of " + instance.name(),
          place -> place != own && device.removalWaitsFor(place));
    }
    VfioRegistration registration = instance.registration();
    if (registration != null
        && !registration.users().isEmpty()
        && !instance.registeredParent().driver().removableInUse()) {
      throw new ErrnoException(
          Errno.EBUSY,
          instance.name() + " is in use by: " + String.join(", ", registration.users()));
    }
  }

  /** Removes a device whose removal the caller has claimed, or whose parent is unregistering. */
  private void remove(MdevInstance instance) {
    Device device = instance.device();
    if (device != null) {
      if (device.directory().child("remove") instanceof SysfsAttribute attribute) {
        // This may run inside the attribute's own store, so nobody may wait for that to end.
        var _ = attribute.removeSelf();
      }
      device.directory().remove("mdev_type");
      instance.registeredType().devices().remove(device.name());
      core.remove(device);
    }
    instance.registeredParent().unlist(instance);
    registry.release(instance);
    tracing.tell("mdev_release", instance.name());
    instance.becomeRemoved();
  }

  private void unregister(RegisteredParent parent) {
    Device device = parent.device();
    Activity.refuseSelfWait(
        () -> "the unregistration of " + parent, parent::unregistrationWaitsFor);
    log.info("{}: MDEV: Unregistering", device);
    parent.gate().closeAndDrain(parent, () -> "creates and removes of devices of " + parent);
    parent.unlinkFrom(compatClass);
    parent.live().forEach(this::remove);
    parent.hideTypes();
    device.emit(Action.CHANGE, "MDEV_STATE=unregistered");
  }

  @SuppressWarnings("ReferenceEquality") // another driver of that name is another driver
  private MdevDriverRegistration registrationOf(MdevDriver driver) {
    RegisteredDriver registered = bus.driver(driver.name());
    if (registered != null
        && registered.driver() instanceof MdevDriverRegistration registration
        && registration.driver() == driver) {
      return registration;
    }
    throw new ErrnoException(
        Errno.ENODEV, "driver " + driver.name() + " is not registered; call registerDriver first");
  }

  /** Keeps {@code parent} from being unregistered until {@link #leave}. */
  void enter(RegisteredParent parent) {
    if (!parent.gate().enter()) {
      throw unregistering(parent);
    }
  }

  void leave(RegisteredParent parent) {
    parent.gate().leave();
  }

  static ErrnoException unregistering(RegisteredParent parent) {
    return new ErrnoException(Errno.ENODEV, parent + " is being unregistered");
  }

  /**
   * Nothing binds by itself: create attaches the parent's driver. By hand a device that was unbound
   * can be bound again, to that driver only; the kernel can't do that. One that is being created or
   * removed can't: binding it would get in the way of whoever does that.
   */
  private final class MdevBus implements BusType {
    @Override
    public String name() {
      return "mdev";
    }

    @Override
    public boolean match(Device device, RegisteredDriver driver) {
      return false;
    }

    @Override
    public boolean mayBindByHand(Device device, RegisteredDriver driver) {
      MdevInstance instance = device.payload(MdevInstance.class);
      return device.driver() == null
          && registry.isActive(instance)
          && instance.registeredParent().registration() == driver.driver();
    }
  }
}
