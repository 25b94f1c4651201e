package org.mdev4j.driver.ap.bus;

import java.util.List;
import org.mdev4j.device.Bus;
import org.mdev4j.device.BusType;
import org.mdev4j.device.Device;
import org.mdev4j.device.DeviceSpec;
import org.mdev4j.device.Driver;
import org.mdev4j.device.RegisteredDriver;
import org.mdev4j.device.host.ModuleContext;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.device.sysfs.AttributeGroup;
import org.mdev4j.driver.ap.matrix.Settings;

/**
 * Bus {@code matrix}: one device, one driver, which gives the types of mediated devices the first
 * half of their name. They are bound as long as they are there: the driver can't be bound or
 * unbound by hand.
 */
final class MatrixBus implements BusType {
  private MatrixBus() {}

  /** Puts {@code /sys/devices/vfio_ap/matrix} into the tree until the module is unloaded. */
  static Device addDevice(ModuleContext context, Settings settings) {
    Scope scope = context.scope();
    Device root = context.devices().add(DeviceSpec.named("vfio_ap"), scope);
    Bus bus = scope.own(context.devices().registerBus(new MatrixBus()));
    RegisteredDriver driver =
        scope.own(bus.registerDriver(new MatrixDriver(), context.module().directory()));
    driver.directory().remove("bind");
    driver.directory().remove("unbind");
    DeviceSpec spec = DeviceSpec.named("matrix").below(root).on(bus);
    if (!settings.staticAssignment()) {
      spec.with(
          AttributeGroup.of(
              "", Attribute.readOnly("features", () -> "guest_matrix hotplug ap_config")));
    }
    return context.devices().add(spec, scope);
  }

  @Override
  public String name() {
    return "matrix";
  }

  @Override
  public boolean match(Device device, RegisteredDriver driver) {
    return true;
  }

  /** It has nothing to do: the parent registration does it all. */
  private static final class MatrixDriver implements Driver {
    @Override
    public String name() {
      return "vfio_ap";
    }

    @Override
    public List<AttributeGroup> probe(Device device, Scope scope) {
      return List.of();
    }
  }
}
