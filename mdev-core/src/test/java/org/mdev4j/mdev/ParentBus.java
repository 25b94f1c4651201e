package org.mdev4j.mdev;

import java.util.List;
import java.util.function.Consumer;
import org.mdev4j.device.Bus;
import org.mdev4j.device.BusType;
import org.mdev4j.device.Device;
import org.mdev4j.device.DeviceSpec;
import org.mdev4j.device.Driver;
import org.mdev4j.device.DriverCore;
import org.mdev4j.device.RegisteredDriver;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.AttributeGroup;

/** A bus {@code soc} whose devices a test makes parents, by a driver {@code soc_drv} or without. */
final class ParentBus {
  private final DriverCore core;
  private final Scope scope;
  private final Bus bus;

  ParentBus(DriverCore core, Scope scope) {
    this.core = core;
    this.scope = scope;
    bus = scope.own(core.registerBus(new Soc()));
  }

  /** Adds a device, which the driver takes if there is one. */
  Device add(String name) {
    return core.add(DeviceSpec.named(name).on(bus), scope);
  }

  /** Registers the driver; {@code probe} is what it does with devices that are added later. */
  void drive(Consumer<Device> probe) {
    RegisteredDriver driver =
        bus.registerDriver(
            new Driver() {
              @Override
              public String name() {
                return "soc_drv";
              }

              @Override
              public List<AttributeGroup> probe(Device device, Scope binding) {
                probe.accept(device);
                return List.of();
              }
            },
            null);
    var _ = scope.own(driver);
  }

  private static final class Soc implements BusType {
    @Override
    public String name() {
      return "soc";
    }

    @Override
    public boolean match(Device device, RegisteredDriver driver) {
      return !device.name().startsWith("un");
    }
  }
}
