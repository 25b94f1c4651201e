package org.mdev4j.testkit.host;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.host.LoadedModule;
import org.mdev4j.device.host.ManualClock;
import org.mdev4j.device.sysfs.OpenMode;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.device.sysfs.SysfsFile;
import org.mdev4j.device.sysfs.SysfsNode;
import org.mdev4j.mdev.Mdev;
import org.mdev4j.mdev.MdevModule;
import org.mdev4j.vfio.Type1Module;
import org.mdev4j.vfio.Vfio;
import org.mdev4j.vfio.VfioModule;

/**
 * A host with the driver under test loaded, its time in the test's hand. What a test does it does
 * as users do: through the tree and through device files.
 *
 * <p>{@link #close} lets go of what the test has left, unloads the driver, and fails if anything is
 * there that should not be: the counter and the devices do not add up to the limit, or a reference,
 * a pin, a host buffer, a timer, a thread, a file or a use of a module is left; or if the driver
 * failed where the cores could only log it.
 *
 * <p>Thread-safe, but for {@link #close}.
 */
public final class TestHost implements AutoCloseable {
  private static final String MDEV_BUS = "/sys/class/mdev_bus";
  private static final String DEVICES = "/sys/bus/mdev/devices/";

  private final DriverSetup setup;
  private final ManualClock clock = new ManualClock();
  private final Faults faults = new Faults();
  private final FailureLog failures = new FailureLog(faults::planted);
  private final LifecycleLog lifecycle = new LifecycleLog();
  private final AtomicLong uuids = new AtomicLong();
  private final Deque<DeviceUser> users = new ArrayDeque<>();
  private final ProcessState process = ProcessState.now();
  private final Host host;
  private final UeventLog uevents;
  private final HostState empty;
  private @Nullable HostState ready;
  private volatile boolean stuck;

  private TestHost(DriverSetup setup) {
    this.setup = setup;
    host =
        Host.builder()
            .name("test")
            .machine(setup.machine())
            .clock(clock)
            .module(new VfioModule())
            .module(new Type1Module())
            .module(new MdevModule())
            .module(setup.driver())
            .start();
    var _ = host.tracing().hook(this::pass);
    var _ = host.tracing().onFailure(failures::add);
    host.modules().modprobe("vfio_iommu_type1");
    host.modules().modprobe("mdev");
    uevents = new UeventLog(host.uevents());
    empty = HostState.of(this);
  }

  /** Starts a host and loads the driver on it. */
  public static TestHost start(DriverSetup setup) {
    TestHost started = new TestHost(setup);
    try {
      started.load();
    } catch (Throwable failure) {
      started.host.close();
      throw failure;
    }
    return started;
  }

  /** Loads the driver and prepares it; done at the start, and by a test after {@link #unload}. */
  public void load() {
    host.modules().modprobe(setup.driver().name(), setup.parameters());
    setup.preparation().accept(this);
    ready = HostState.of(this);
  }

  /** Unloads the driver; refused with {@code EAGAIN} while a device of it is open. */
  public void unload() {
    String driver = setup.driver().name();
    Ending.of(this, "unloading " + driver, () -> host.modules().rmmod(driver));
    ready = null;
  }

  public Host host() {
    return host;
  }

  /** The host's time, which stands still until the test advances it. */
  public ManualClock clock() {
    return clock;
  }

  public Vfio vfio() {
    return host.service(Vfio.class);
  }

  public Mdev mdev() {
    return host.service(Mdev.class);
  }

  /** Returns how long the test waits for the driver. */
  public Limits limits() {
    return setup.limits();
  }

  /** What was announced. */
  public UeventLog uevents() {
    return uevents;
  }

  /** What devices' lives have passed. */
  public LifecycleLog lifecycle() {
    return lifecycle;
  }

  /** What failed unseen. */
  public FailureLog failures() {
    return failures;
  }

  /** Makes things fail. */
  public Faults faults() {
    return faults;
  }

  /** The names of all parents that there are. */
  public List<String> parents() {
    return names(MDEV_BUS);
  }

  /** Every type of every parent that there is, in the order of the parents' names. */
  public List<OfferedType> types() {
    List<OfferedType> types = new ArrayList<>();
    for (String parent : parents()) {
      if (isDangling(MDEV_BUS + "/" + parent)) {
        continue;
      }
      SysfsDirectory device = directory(MDEV_BUS + "/" + parent);
      for (String id : names(device.path() + "/mdev_supported_types")) {
        types.add(new OfferedType(parent, id, device.path() + "/mdev_supported_types/" + id));
      }
    }
    return types;
  }

  /** The type of that id ({@code mtty-1}); the first, if several parents offer it. */
  public OfferedType type(String id) {
    return types().stream()
        .filter(type -> type.id().equals(id))
        .findFirst()
        .orElseThrow(() -> new AssertionError("there is no type " + id + " among " + types()));
  }

  /** What a type shows in {@code available_instances}. */
  public long available(OfferedType type) {
    return Long.parseUnsignedLong(read(type.file("available_instances")).strip());
  }

  /** A UUID that was never used on this host. */
  public String uuid() {
    return new UUID(0x11111111_2222_4333L, 0x8444_555555550000L + uuids.incrementAndGet())
        .toString();
  }

  /** Creates a device; its UUID. */
  public String create(OfferedType type) {
    String uuid = uuid();
    create(type, uuid);
    return uuid;
  }

  /** Creates a device of the type of that id; its UUID. */
  public String create(String typeId) {
    return create(type(typeId));
  }

  /** Creates a device with a UUID of the test's choice. */
  public void create(OfferedType type, String uuid) {
    write(type.file("create"), uuid);
  }

  /** Removes a device; waits as long as somebody has it open. */
  public void remove(String uuid) {
    Ending.of(this, "removing " + uuid, () -> write(device(uuid) + "/remove", "1"));
  }

  /** A device's directory, wherever its parent is. */
  public String device(String uuid) {
    return directory(DEVICES + uuid).path();
  }

  /** The UUIDs of all devices that there are. */
  public List<String> devices() {
    return names(DEVICES);
  }

  /** Opens a device. What a test leaves open is closed when it is over. */
  public DeviceUser open(String uuid) {
    int group = Integer.parseInt(host.tree().resolve(DEVICES + uuid + "/iommu_group").name());
    DeviceUser user = new DeviceUser(this, group, uuid, setup.beforeOpen());
    synchronized (users) {
      users.push(user);
    }
    return user;
  }

  /** Opens a new device of the type of that id. */
  public DeviceUser openNew(String typeId) {
    return open(create(typeId));
  }

  /** What a file of the tree shows. */
  public String read(String path) {
    try (SysfsFile file = host.tree().open(path, OpenMode.READ)) {
      return new String(file.read(0, 1 << 16), ISO_8859_1);
    }
  }

  /** Writes to a file of the tree; a refusal comes out as it is. */
  public void write(String path, String text) {
    try (SysfsFile file = host.tree().open(path, OpenMode.WRITE)) {
      var _ = file.write(text.getBytes(ISO_8859_1));
    }
  }

  public boolean exists(String path) {
    try {
      var _ = host.tree().resolve(path, false);
      return true;
    } catch (ErrnoException absent) {
      return false;
    }
  }

  /** The names in a directory of the tree. */
  public List<String> names(String path) {
    return directory(path).children().stream().map(SysfsNode::name).toList();
  }

  /** Asserts that a call is refused with {@code errno}. */
  public static void assertErrno(Errno errno, ThrowingCallable call) {
    assertThatThrownBy(call)
        .asInstanceOf(InstanceOfAssertFactories.type(ErrnoException.class))
        .extracting(ErrnoException::errno)
        .isEqualTo(errno);
  }

  /**
   * Takes the host down.
   *
   * @throws AssertionError if something was left; the message names all of it
   */
  @Override
  public void close() {
    faults.clear();
    List<String> left = new ArrayList<>();
    try {
      closeUsers();
      takeDown(left);
    } catch (ErrnoException refusal) {
      left.add(refusal.summary());
    } catch (AssertionError stuck) {
      left.add(String.valueOf(stuck.getMessage()));
    }
    Verdict.of(setup.driver().name(), left, failures.failures());
  }

  /** Something that does not end was found out: the host can't be taken down any more. */
  void becomeStuck() {
    stuck = true;
  }

  private void takeDown(List<String> left) {
    if (stuck) {
      left.add("what the test waited for in vain, so the host could not be taken down");
      return;
    }
    devices().stream().filter(uuid -> !isDangling(DEVICES + uuid)).forEach(this::remove);
    HostState before = ready;
    if (before != null) {
      left.addAll(before.whatIsNewIn(HostState.of(this)));
    }
    if (isLoaded()) {
      unload();
    }
    left.addAll(empty.whatIsNewIn(HostState.of(this)));
    Ending.of(this, "closing the host", host::close);
    left.addAll(process.whatIsNew(limits().left()));
  }

  private boolean isLoaded() {
    String driver = setup.driver().name();
    return host.modules().loaded().stream().map(LoadedModule::name).anyMatch(driver::equals);
  }

  /** Whether somebody has a device open. */
  boolean hasUsers() {
    // Not those in the tree: one that is being removed is no longer there.
    return lifecycle.steps().stream()
        .filter(step -> step.point() == LifecyclePoint.CREATE)
        .map(step -> vfio().device(step.device()))
        .anyMatch(device -> device != null && !device.users().isEmpty());
  }

  private void closeUsers() {
    List<DeviceUser> open;
    synchronized (users) {
      open = List.copyOf(users);
      users.clear();
    }
    if (!stuck) {
      Ending.of(this, "closing the devices", () -> open.forEach(DeviceUser::close));
    }
  }

  private void pass(String word, String device) {
    for (LifecyclePoint point : LifecyclePoint.values()) {
      if (point.word().equals(word)) {
        lifecycle.add(point, device);
        faults.pass(point);
      }
    }
  }

  /** Whether a link leads nowhere, as one does that a careless driver has left. */
  private boolean isDangling(String link) {
    try {
      var _ = host.tree().resolve(link);
      return false;
    } catch (ErrnoException gone) {
      return true;
    }
  }

  private SysfsDirectory directory(String path) {
    return (SysfsDirectory) host.tree().resolve(path);
  }
}
