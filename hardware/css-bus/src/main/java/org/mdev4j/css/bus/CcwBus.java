package org.mdev4j.css.bus;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.Bus;
import org.mdev4j.device.BusType;
import org.mdev4j.device.Device;
import org.mdev4j.device.DeviceSpec;
import org.mdev4j.device.Driver;
import org.mdev4j.device.DriverCore;
import org.mdev4j.device.RegisteredDriver;
import org.mdev4j.device.lifetime.NumberPool;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.device.sysfs.AttributeGroup;

/**
 * The bus of devices behind subchannels, its one driver, {@code virtio_ccw}, and the bus {@code
 * virtio} with a device below each that this driver has.
 *
 * <p>Thread-safe; each ccw device is added and removed by one thread at a time.
 */
final class CcwBus {
  private static final int VIRTIO = 0x3832;

  private final DriverCore core;
  private final Bus ccw;
  private final Bus virtio;
  private final NumberPool virtioNumbers = new NumberPool("virtio devices", 1 << 16);
  private final Map<Device, VirtioChild> virtioChildren = new ConcurrentHashMap<>();

  private record VirtioChild(Device device, int number) {}

  CcwBus(DriverCore core, Scope scope) {
    this.core = core;
    ccw = scope.own(core.registerBus(new CcwType()));
    virtio = scope.own(core.registerBus(new VirtioType()));
    var _ = scope.own(ccw.registerDriver(new VirtioCcw(), null));
  }

  /** Adds the device behind {@code subchannel}; when a driver takes it, it goes online. */
  Device add(Device subchannel, String busId, CcwIdentity identity) {
    return core.add(
        DeviceSpec.named(busId)
            .below(subchannel)
            .on(ccw)
            .carrying(identity)
            .with(attributes(identity, busId)));
  }

  void remove(Device device) {
    core.remove(device);
  }

  /** Whether a driver uses the device. */
  boolean isOnline(Device device) {
    return virtioChildren.containsKey(device);
  }

  private AttributeGroup attributes(CcwIdentity identity, String busId) {
    return AttributeGroup.of(
        "",
        Attribute.readOnly(
            "cutype",
            () -> String.format(Locale.ROOT, "%04x/%02x", identity.cuType(), identity.cuModel())),
        Attribute.readOnly("devtype", identity::deviceTypeText),
        Attribute.readOnly("modalias", identity::modalias),
        Attribute.readOnly("online", () -> isOnline(busId) ? 1 : 0),
        Attribute.readOnly("availability", () -> "good"));
  }

  private boolean isOnline(String busId) {
    Device device = ccw.device(busId);
    return device != null && isOnline(device);
  }

  private void goOnline(Device device, CcwIdentity identity) {
    int number = virtioNumbers.take();
    Device child =
        core.add(DeviceSpec.named("virtio" + number).below(device).on(virtio).carrying(identity));
    virtioChildren.put(device, new VirtioChild(child, number));
  }

  private void goOffline(Device device) {
    VirtioChild child = virtioChildren.remove(device);
    if (child != null) {
      core.remove(child.device);
      virtioNumbers.giveBack(child.number);
    }
  }

  private static final class CcwType implements BusType {
    @Override
    public String name() {
      return "ccw";
    }

    @Override
    public boolean match(Device device, RegisteredDriver driver) {
      return device.payload(CcwIdentity.class).cuType() == VIRTIO;
    }

    @Override
    public List<String> uevent(Device device) {
      return device.payload(CcwIdentity.class).environment();
    }
  }

  private static final class VirtioType implements BusType {
    @Override
    public String name() {
      return "virtio";
    }

    @Override
    public boolean match(Device device, @Nullable RegisteredDriver driver) {
      return false;
    }

    @Override
    public List<String> uevent(Device device) {
      CcwIdentity identity = device.payload(CcwIdentity.class);
      return List.of(
          String.format(
              Locale.ROOT, "MODALIAS=virtio:d%08Xv%08X", identity.cuModel(), identity.cuType()));
    }
  }

  private final class VirtioCcw implements Driver {
    @Override
    public String name() {
      return "virtio_ccw";
    }

    @Override
    public List<AttributeGroup> probe(Device device, Scope scope) {
      return List.of();
    }

    @Override
    public void bound(Device device) {
      goOnline(device, device.payload(CcwIdentity.class));
    }

    @Override
    public void remove(Device device) {
      goOffline(device);
    }
  }
}
