package org.mdev4j.benchmarks;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.mdev4j.device.Device;
import org.mdev4j.device.DeviceClass;
import org.mdev4j.device.DeviceSpec;
import org.mdev4j.device.host.DriverModule;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.host.Machine;
import org.mdev4j.device.host.ModuleContext;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.OpenMode;
import org.mdev4j.device.sysfs.SysfsFile;
import org.mdev4j.mdev.InstanceLimit;
import org.mdev4j.mdev.Mdev;
import org.mdev4j.mdev.MdevDevice;
import org.mdev4j.mdev.MdevDriver;
import org.mdev4j.mdev.MdevModel;
import org.mdev4j.mdev.MdevModule;
import org.mdev4j.mdev.MdevType;
import org.mdev4j.vfio.Lease;
import org.mdev4j.vfio.Type1Module;
import org.mdev4j.vfio.VfioModule;
import org.mdev4j.vfio.VfioRegistration;
import org.mdev4j.vfio.model.DeviceApi;
import org.mdev4j.vfio.model.VfioDevice;

/** A host with one parent, whose devices are {@link ToyModel}s. Used by one thread. */
final class ToyHost implements AutoCloseable {
  private static final String PARENT = "/sys/devices/virtual/toy/toy";
  private static final String CREATE = PARENT + "/mdev_supported_types/toy-1/create";
  private static final long LIMIT = 1_000_000;

  private final Host host;
  private long created;

  ToyHost() {
    host =
        Host.builder()
            .name("benchmark")
            // Power directories are most of a device's memory, and no benchmark looks at them.
            .machine(new Machine("bare", false, Map.of()))
            .withoutDiscovery()
            .module(new VfioModule())
            .module(new Type1Module())
            .module(new MdevModule())
            .module(new Toy())
            .start();
    host.modules().modprobe("vfio_iommu_type1");
    host.modules().modprobe("toy");
  }

  Host host() {
    return host;
  }

  /** Creates a device as users do, through the tree. */
  UUID create() {
    UUID uuid = new UUID(0x11111111_2222_4333L, 0x8444_555500000000L + ++created);
    write(CREATE, uuid.toString());
    return uuid;
  }

  /** Removes a device as users do, through the tree. */
  void remove(UUID uuid) {
    write(PARENT + "/" + uuid + "/remove", "1");
  }

  VfioRegistration registration(UUID uuid) {
    VfioRegistration registration = host.service(Mdev.class).vfioDevice(uuid);
    if (registration == null) {
      throw new IllegalStateException("there is no device " + uuid);
    }
    return registration;
  }

  /** The model of a device. */
  ToyModel model(UUID uuid) {
    try (Lease<VfioDevice> lease = registration(uuid).tryGet()) {
      if (lease == null || !(lease.get() instanceof ToyModel model)) {
        throw new IllegalStateException("device " + uuid + " has no model");
      }
      return model;
    }
  }

  @Override
  public void close() {
    host.close();
  }

  private void write(String path, String text) {
    try (SysfsFile file = host.tree().open(path, OpenMode.WRITE)) {
      file.write(text.getBytes(ISO_8859_1));
    }
  }

  private static final class Toy implements DriverModule, MdevDriver {
    @Override
    public String name() {
      return "toy";
    }

    @Override
    public Set<String> requires() {
      return Set.of("vfio", "mdev");
    }

    @Override
    public void load(ModuleContext context) {
      Mdev mdev = context.service(Mdev.class);
      mdev.registerDriver(context, this);
      DeviceClass toys = context.scope().own(context.devices().registerClass("toy"));
      Device parent = context.devices().add(DeviceSpec.named("toy").in(toys), context.scope());
      mdev.registerParent(
          context.scope(),
          parent,
          this,
          InstanceLimit.perType(LIMIT),
          List.of(MdevType.named("1", "Toy")));
    }

    @Override
    public DeviceApi deviceApi() {
      return DeviceApi.PCI;
    }

    @Override
    public MdevModel probe(MdevDevice mdev, Scope scope) {
      ToyModel model = new ToyModel();
      return MdevModel.of(model).publishedIn(model.published(), model);
    }
  }
}
