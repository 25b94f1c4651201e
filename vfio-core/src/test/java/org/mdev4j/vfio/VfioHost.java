package org.mdev4j.vfio;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.mdev4j.device.Device;
import org.mdev4j.device.DeviceClass;
import org.mdev4j.device.DeviceSpec;
import org.mdev4j.device.Uevents;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.DriverModule;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.host.LoadedModule;
import org.mdev4j.device.host.ManualClock;
import org.mdev4j.device.host.ModuleContext;
import org.mdev4j.device.sysfs.OpenMode;
import org.mdev4j.device.sysfs.SysfsAttribute;
import org.mdev4j.device.sysfs.SysfsDeviceNode;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.device.sysfs.SysfsFile;
import org.mdev4j.device.sysfs.SysfsLink;
import org.mdev4j.device.sysfs.SysfsNode;
import org.mdev4j.vfio.model.VfioDevice;

/** A host with module {@code vfio} and a module {@code toy} whose devices a test registers. */
final class VfioHost implements AutoCloseable {
  private static final int TYPE1_V2 = 3;

  final ManualClock clock = new ManualClock();
  final Host host;
  private final ConcurrentLinkedQueue<Runnable> held = new ConcurrentLinkedQueue<>();
  private final ConcurrentMap<VfioRegistration, GroupFile> groups = new ConcurrentHashMap<>();
  private final Uevents.Subscription uevents;
  private volatile ModuleContext toy;
  private volatile DeviceClass toys;

  VfioHost() {
    host =
        Host.builder()
            .name("vfio-test")
            .clock(clock)
            .withoutDiscovery()
            .module(new VfioModule())
            .module(new Type1Module())
            .module(new Toy())
            .start();
    host.modules().modprobe("vfio_iommu_type1");
    host.modules().modprobe("toy");
    uevents = host.uevents().subscribe();
  }

  Vfio vfio() {
    return host.service(Vfio.class);
  }

  /** The module whose code the models are. */
  LoadedModule owner() {
    return toy.module();
  }

  /** Adds a device of class {@code toy}. */
  Device device(String name) {
    Device device = host.devices().add(DeviceSpec.named(name).in(toys), toy.scope());
    events();
    return device;
  }

  /** Registers {@code model} for {@code device} until it is closed or the module is unloaded. */
  VfioRegistration register(Device device, VfioDevice model, Publication<?>... publications) {
    VfioRegistration registration = vfio().register(device, model, owner(), List.of(publications));
    return toy.scope().own(registration);
  }

  /**
   * Opens the device through its group, as every user must; the group is opened with the first
   * device file and stays open. What a test leaves open is closed before the host.
   */
  DeviceFile open(VfioRegistration registration) {
    DeviceFile file =
        groups.computeIfAbsent(registration, this::openGroup).openDevice(registration.name());
    held.add(file::close);
    return file;
  }

  /** Keeps {@code lease} until it is closed, at last before the host. */
  <T> Lease<T> hold(Lease<T> lease) {
    held.add(lease::close);
    return lease;
  }

  /** The uevents since the last call, each as {@code action@devpath KEY=VALUE ...}. */
  List<String> events() {
    return uevents == null
        ? List.of()
        : uevents.drain().stream()
            .map(event -> (event.header() + " " + String.join(" ", event.env())).strip())
            .toList();
  }

  /** Waits until somebody waits for the time. */
  void awaitTimer() {
    await().atMost(Background.LIMIT).until(() -> clock.timers() > 0);
  }

  String read(String path) {
    try (SysfsFile file = host.tree().open(path, OpenMode.READ)) {
      return new String(file.read(0, 1 << 16), ISO_8859_1);
    }
  }

  int write(String path, String text) {
    try (SysfsFile file = host.tree().open(path, OpenMode.WRITE)) {
      return file.write(text.getBytes(ISO_8859_1));
    }
  }

  /** The text of the link at {@code path}. */
  String link(String path) {
    return ((SysfsLink) host.tree().resolve(path, false)).text();
  }

  private GroupFile openGroup(VfioRegistration registration) {
    String link = link("/sys/devices/virtual/toy/" + registration.name() + "/iommu_group");
    int number = Integer.parseInt(link.substring(link.lastIndexOf('/') + 1));
    Container container = vfio().openContainer("guest");
    held.add(container::close);
    GroupFile group = vfio().openGroup(number, "guest");
    held.add(group::close);
    group.setContainer(container);
    container.setIommu(TYPE1_V2);
    return group;
  }

  /** Everything in the tree: kind, mode and path, and where links lead. */
  List<String> tree() {
    List<String> found = new ArrayList<>();
    list(host.tree().root(), found);
    return found;
  }

  static void assertErrno(Errno errno, ThrowingCallable call) {
    assertThatThrownBy(call)
        .asInstanceOf(InstanceOfAssertFactories.type(ErrnoException.class))
        .extracting(ErrnoException::errno)
        .isEqualTo(errno);
  }

  @Override
  public void close() {
    held.forEach(Runnable::run);
    Background.run(host::close).join();
  }

  private static void list(SysfsDirectory directory, List<String> found) {
    for (SysfsNode node : directory.children()) {
      String line = Integer.toOctalString(node.mode()) + " " + node.path();
      switch (node) {
        case SysfsLink link -> found.add("l " + line + " -> " + link.text());
        case SysfsAttribute _ -> found.add("f " + line);
        case SysfsDeviceNode number ->
            found.add("c " + line + " " + number.major() + ":" + number.minor());
        case SysfsDirectory below -> {
          found.add("d " + line);
          list(below, found);
        }
      }
    }
  }

  private final class Toy implements DriverModule {
    @Override
    public String name() {
      return "toy";
    }

    @Override
    public Set<String> requires() {
      return Set.of("vfio");
    }

    @Override
    public void load(ModuleContext context) {
      toys = context.scope().own(context.devices().registerClass("toy"));
      toy = context;
    }
  }
}
