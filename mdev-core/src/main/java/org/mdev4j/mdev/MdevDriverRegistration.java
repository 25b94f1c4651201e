package org.mdev4j.mdev;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.Device;
import org.mdev4j.device.Driver;
import org.mdev4j.device.RegisteredDriver;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.LoadedModule;
import org.mdev4j.device.host.Tracing;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.AttributeGroup;
import org.mdev4j.vfio.Vfio;
import org.mdev4j.vfio.VfioRegistration;

/**
 * A {@link MdevDriver} on bus {@code mdev}: what the driver core calls to bind and unbind, and
 * where a device model becomes a registered VFIO device.
 *
 * <p>Everything of one bound device is in its scope, in this order: the pool's charge, what the
 * driver acquired, the VFIO registration. Unbinding closes the scope, so it waits for users first,
 * then the driver's things go, and the charge is given back last.
 *
 * <p>{@link #probe} runs under the device's lock, and so does the closing of the scope.
 */
final class MdevDriverRegistration implements Driver {
  private final MdevDriver driver;
  private final LoadedModule module;
  private final Vfio vfio;
  private final Tracing tracing;
  private volatile @Nullable RegisteredDriver registered;

  MdevDriverRegistration(MdevDriver driver, LoadedModule module, Vfio vfio, Tracing tracing) {
    this.driver = driver;
    this.module = module;
    this.vfio = vfio;
    this.tracing = tracing;
  }

  MdevDriver driver() {
    return driver;
  }

  @Override
  public String name() {
    return driver.name();
  }

  /** The driver on its bus; null before it is registered. */
  @Nullable RegisteredDriver registered() {
    return registered;
  }

  void registered(@Nullable RegisteredDriver onBus) {
    registered = onBus;
  }

  @Override
  public List<AttributeGroup> probe(Device device, Scope scope) {
    MdevInstance instance = device.payload(MdevInstance.class);
    InstanceAccount account = instance.registeredParent().account();
    account.charge(instance.type());
    scope.onClose(() -> account.refund(instance.type()));
    tracing.pass("mdev_probe", instance.name());
    MdevModel model = driver.probe(instance, driverScope(instance, scope));
    check(model);
    // While unregistering waits for users the device is still registered, and still to be found.
    scope.onClose(() -> instance.registration(null));
    VfioRegistration registration =
        vfio.register(device, model.device(), module, model.publications());
    scope.own(registration);
    instance.registration(registration);
    return model.attributes();
  }

  /** What the driver acquires, apart from what the cores do. */
  private Scope driverScope(MdevInstance instance, Scope scope) {
    return scope.own(
        new Scope(
            instance.name() + " of " + name(),
            () -> tracing.pass("mdev_own", instance.name()),
            tracing));
  }

  private void check(@Nullable MdevModel model) {
    if (model == null) {
      throw new ErrnoException(
          Errno.EINVAL,
          "probe of " + name() + " returned null; to refuse, throw an ErrnoException");
    }
    if (model.device().api() != driver.deviceApi()) {
      throw new ErrnoException(
          Errno.EINVAL,
          "probe of "
              + name()
              + " made a "
              + model.device().api().text()
              + " device, but its types say "
              + driver.deviceApi().text());
    }
  }
}
