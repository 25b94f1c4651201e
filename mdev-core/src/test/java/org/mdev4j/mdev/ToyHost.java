package org.mdev4j.mdev;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.lang.reflect.Field;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.atomic.AtomicLong;
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
import org.mdev4j.device.host.Machine;
import org.mdev4j.device.host.ManualClock;
import org.mdev4j.device.host.ModuleContext;
import org.mdev4j.device.sysfs.OpenMode;
import org.mdev4j.device.sysfs.SysfsAttribute;
import org.mdev4j.device.sysfs.SysfsDeviceNode;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.device.sysfs.SysfsFile;
import org.mdev4j.device.sysfs.SysfsLink;
import org.mdev4j.device.sysfs.SysfsNode;
import org.mdev4j.vfio.Container;
import org.mdev4j.vfio.DeviceFile;
import org.mdev4j.vfio.GroupFile;
import org.mdev4j.vfio.Lease;
import org.mdev4j.vfio.Type1Module;
import org.mdev4j.vfio.Vfio;
import org.mdev4j.vfio.VfioModule;
import org.mdev4j.vfio.VfioRegistration;
import org.mdev4j.vfio.model.DeviceApi;
import org.mdev4j.vfio.model.VfioDevice;

/** A host with module {@code toy}: one driver, and parents that a test makes. */
final class ToyHost implements AutoCloseable {
  private static final int TYPE1_V2 = 3;

  final ManualClock clock = new ManualClock();
  final ToyDriver driver = new ToyDriver("toy", DeviceApi.PCI);
  final Host host;
  private final AtomicLong uuids = new AtomicLong();
  private final ConcurrentLinkedQueue<Runnable> held = new ConcurrentLinkedQueue<>();
  private final ConcurrentMap<UUID, GroupFile> groups = new ConcurrentHashMap<>();
  private final Uevents.Subscription uevents;
  private volatile ModuleContext context;
  private volatile DeviceClass toys;

  ToyHost() {
    this(Machine.plain());
  }

  ToyHost(Machine machine) {
    host =
        Host.builder()
            .name("mdev-test")
            .machine(machine)
            .clock(clock)
            .withoutDiscovery()
            .module(new VfioModule())
            .module(new Type1Module())
            .module(new MdevModule())
            .module(new Toy())
            .start();
    host.modules().modprobe("vfio_iommu_type1");
    host.modules().modprobe("toy");
    uevents = host.uevents().subscribe();
  }

  Mdev mdev() {
    return host.service(Mdev.class);
  }

  Vfio vfio() {
    return host.service(Vfio.class);
  }

  /** The load of module {@code toy}. */
  ModuleContext context() {
    return context;
  }

  /** A UUID that was never used on this host. */
  UUID uuid() {
    return new UUID(0x11111111_2222_3333L, 0x8444_555555550000L + uuids.incrementAndGet());
  }

  /** A device of class {@code toy} that is no parent yet. */
  Device device(String name) {
    return host.devices().add(DeviceSpec.named(name).in(toys), context.scope());
  }

  /** A registered parent of class {@code toy}. */
  ToyParent parent(String name, InstanceLimit limit, MdevType... types) {
    ToyParent parent = new ToyParent(this, device(name), limit, List.of(types)).register();
    events();
    return parent;
  }

  /** A registered parent with the types 1 and 2, of which there may be {@code available} each. */
  ToyParent parent(String name, long available) {
    return parent(
        name,
        InstanceLimit.perType(available),
        MdevType.named("1", "One"),
        MdevType.named("2", "Two"));
  }

  /** The model of a registered device. */
  ToyModel model(UUID uuid) {
    VfioRegistration registration = mdev().vfioDevice(uuid);
    try (Lease<VfioDevice> lease = registration.tryGet()) {
      return (ToyModel) lease.get();
    }
  }

  /**
   * Opens a device through its group, as every user must; the group is opened with the first device
   * file and stays open. What a test leaves open is closed before the host.
   */
  DeviceFile open(UUID uuid) {
    DeviceFile file = groups.computeIfAbsent(uuid, this::openGroup).openDevice(uuid.toString());
    held.add(file::close);
    return file;
  }

  /** Has {@code turnstile} opened at the end, whatever happens. */
  Turnstile turnstile() {
    Turnstile turnstile = new Turnstile();
    held.add(turnstile::open);
    return turnstile;
  }

  /** The uevents since the last call, each as {@code action@devpath KEY=VALUE ...}. */
  List<String> events() {
    return uevents.drain().stream()
        .map(event -> (event.header() + " " + String.join(" ", event.env())).strip())
        .toList();
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

  /** Opens a file and leaves it open, as a program that holds a descriptor. */
  SysfsFile openForWrite(String path) {
    return host.tree().open(path, OpenMode.WRITE);
  }

  boolean exists(String path) {
    try {
      host.tree().resolve(path, false);
      return true;
    } catch (ErrnoException absent) {
      return false;
    }
  }

  /** The text of the link at {@code path}. */
  String link(String path) {
    return ((SysfsLink) host.tree().resolve(path, false)).text();
  }

  /** The names in the directory at {@code path}. */
  List<String> names(String path) {
    return directory(path).children().stream().map(SysfsNode::name).toList();
  }

  SysfsDirectory directory(String path) {
    return (SysfsDirectory) host.tree().resolve(path);
  }

  /** Everything below {@code path}: kind, mode and path, and where links lead. */
  List<String> tree(String path) {
    List<String> found = new ArrayList<>();
    list(directory(path), path.length(), found);
    return found;
  }

  /** Everything in the tree. */
  List<String> tree() {
    return tree("/");
  }

  /** Stops every create, remove and read of a counter while {@code action} runs. */
  void holdingListLock(Runnable action) {
    try {
      Field registry = Mdev.class.getDeclaredField("registry");
      registry.setAccessible(true);
      synchronized (registry.get(mdev())) {
        action.run();
      }
    } catch (ReflectiveOperationException renamed) {
      throw new AssertionError(renamed);
    }
  }

  /** Stops whoever announces something while {@code action} runs. */
  void holdingUevents(Runnable action) {
    synchronized (host.uevents()) {
      action.run();
    }
  }

  /** Waits until {@code parent} is being unregistered: nothing new can begin on it. */
  static void awaitUnregistering(ToyParent parent) {
    await().atMost(Background.LIMIT).until(() -> parent.core().gate().isClosed());
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

  private GroupFile openGroup(UUID uuid) {
    String link = link("/sys/bus/mdev/devices/" + uuid + "/iommu_group");
    int number = Integer.parseInt(link.substring(link.lastIndexOf('/') + 1));
    Container container = vfio().openContainer("guest");
    held.add(container::close);
    GroupFile group = vfio().openGroup(number, "guest");
    held.add(group::close);
    group.setContainer(container);
    container.setIommu(TYPE1_V2);
    return group;
  }

  private static void list(SysfsDirectory directory, int prefix, List<String> found) {
    for (SysfsNode node : directory.children()) {
      String line = Integer.toOctalString(node.mode()) + " " + node.path().substring(prefix);
      switch (node) {
        case SysfsLink link -> found.add("l " + line + " -> " + link.text());
        case SysfsAttribute _ -> found.add("f " + line);
        case SysfsDeviceNode _ -> found.add("c " + line);
        case SysfsDirectory below -> {
          found.add("d " + line);
          list(below, prefix, found);
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
      return Set.of("vfio", "mdev");
    }

    @Override
    public void load(ModuleContext load) {
      load.service(Mdev.class).registerDriver(load, driver);
      toys = load.scope().own(load.devices().registerClass("toy"));
      context = load;
    }
  }
}
