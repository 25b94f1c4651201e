package org.mdev4j.mdev;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.Device;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.lifetime.Gate;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.device.sysfs.SysfsLink;
import org.mdev4j.device.sysfs.SysfsNode;
import org.mdev4j.vfio.Lease;
import org.mdev4j.vfio.VfioRegistration;
import org.mdev4j.vfio.model.VfioDevice;

/**
 * A parent, from registration to unregistration: its types, its counter, its live devices.
 *
 * <h2>Thread safety</h2>
 *
 * The gate is the kernel's unregistration lock: every create and remove is inside it, and
 * unregistering closes it, so from then on both fail with {@code ENODEV}. Live devices are in a
 * concurrent map in the order of their creation. A device that outlives its registration keeps this
 * object, and its counter, to itself: a new registration of the same parent has its own.
 */
final class RegisteredParent implements MdevParent {
  static final String TYPES_DIRECTORY = "mdev_supported_types";

  private final Device device;
  private final MdevDriverRegistration driver;
  private final InstanceAccount account;
  private final Gate gate = new Gate();
  private final AtomicLong order = new AtomicLong();
  private final ConcurrentNavigableMap<Long, MdevInstance> live = new ConcurrentSkipListMap<>();
  private final SysfsDirectory typesDirectory = new SysfsDirectory(TYPES_DIRECTORY);
  private @Nullable SysfsLink classLink;

  /**
   * @throws ErrnoException {@code EINVAL} for no types or a bad limit, {@code EEXIST} for two types
   *     of one name
   */
  RegisteredParent(
      Mdev mdev,
      Device device,
      MdevDriverRegistration driver,
      InstanceLimit limit,
      List<MdevType> types) {
    this.device = device;
    this.driver = driver;
    if (types.isEmpty()) {
      throw new ErrnoException(Errno.EINVAL, "parent " + device.name() + " offers no types");
    }
    account = InstanceAccount.open(limit, types);
    for (MdevType type : types) {
      String id = device.driverString() + "-" + type.name();
      typesDirectory.add(new RegisteredType(mdev, this, type, id).directory());
    }
  }

  @Override
  public Device device() {
    return device;
  }

  MdevDriverRegistration registration() {
    return driver;
  }

  MdevDriver driver() {
    return driver.driver();
  }

  InstanceAccount account() {
    return account;
  }

  Gate gate() {
    return gate;
  }

  /** Puts the types into the tree, with all that is in them at once. */
  void showTypes() {
    if (device.directory().child(TYPES_DIRECTORY) != null) {
      throw new ErrnoException(Errno.EEXIST, device.name() + " is a parent already");
    }
    device.directory().add(typesDirectory);
  }

  void hideTypes() {
    device.directory().remove(typesDirectory);
  }

  /** Makes the link in the compatibility class; false if a parent of the same name has it. */
  boolean linkInto(SysfsDirectory compatClass) {
    try {
      classLink = compatClass.addLink(device.name(), device.directory());
      return true;
    } catch (ErrnoException taken) {
      return false;
    }
  }

  /** Removes the link, if this parent made it. */
  void unlinkFrom(SysfsDirectory compatClass) {
    SysfsLink made = classLink;
    if (made != null) {
      compatClass.remove(made);
    }
  }

  /** The next number in the order of creation. */
  long nextOrder() {
    return order.incrementAndGet();
  }

  void list(MdevInstance instance) {
    live.put(instance.order(), instance);
  }

  void unlist(MdevInstance instance) {
    live.remove(instance.order());
  }

  /** The live devices in the order of their creation. */
  List<MdevInstance> live() {
    return new ArrayList<>(live.values());
  }

  @Override
  public <M extends VfioDevice> void forEachLive(Class<M> model, Consumer<? super M> action) {
    for (MdevInstance instance : live.values()) {
      VfioRegistration registration = instance.registration();
      Lease<VfioDevice> lease = registration == null ? null : registration.tryGet();
      if (lease != null) {
        try (lease) {
          action.accept(model.cast(lease.get()));
        }
      }
    }
  }

  /** Whether unregistering the parent waits for what is done at {@code place}. */
  boolean unregistrationWaitsFor(Object place) {
    return place == this
        || (place instanceof SysfsNode node && node.isWithin(typesDirectory))
        || live.values().stream()
            .map(MdevInstance::device)
            .anyMatch(child -> child != null && child.removalWaitsFor(place));
  }

  @Override
  public String toString() {
    return "parent " + device.name();
  }
}
