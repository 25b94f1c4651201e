package org.mdev4j.testkit.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mdev4j.testkit.host.LifecyclePoint.CLOSE;
import static org.mdev4j.testkit.host.LifecyclePoint.CREATE;
import static org.mdev4j.testkit.host.LifecyclePoint.OPEN;
import static org.mdev4j.testkit.host.LifecyclePoint.OWN;
import static org.mdev4j.testkit.host.LifecyclePoint.PROBE;
import static org.mdev4j.testkit.host.LifecyclePoint.REGISTER;
import static org.mdev4j.testkit.host.LifecyclePoint.RELEASE;
import static org.mdev4j.testkit.host.LifecyclePoint.REQUEST;
import static org.mdev4j.testkit.host.LifecyclePoint.UNREGISTER;

import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.EnumSet;
import java.util.Set;
import java.util.function.Consumer;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.mdev4j.device.DeviceClass;
import org.mdev4j.device.DeviceSpec;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.DriverModule;
import org.mdev4j.device.host.ModuleContext;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.mdev.InstanceLimit;
import org.mdev4j.mdev.Mdev;
import org.mdev4j.mdev.MdevDevice;
import org.mdev4j.mdev.MdevDriver;
import org.mdev4j.mdev.MdevModel;
import org.mdev4j.mdev.MdevType;
import org.mdev4j.vfio.VfioRegistration;
import org.mdev4j.vfio.model.DeviceApi;
import org.mdev4j.vfio.model.VfioDevice;

/** A host for one test: what it records, what it makes fail, what it finds in the end. */
class TestHostTest {
  @RegisterExtension static final HostExtension HOSTS = HostExtension.of(new Plain(_ -> {}));

  @Test
  @DisplayName("a device's life is recorded, as steps and as uevents")
  void recordsALife(TestHost host) throws InterruptedException {
    String uuid = host.create("plain-thing");
    DeviceUser user = host.open(uuid);
    Background<Void> removing = Background.run(() -> host.remove(uuid));
    host.clock().awaitTimers(1);
    host.clock().advance(VfioRegistration.REQUEST_INTERVAL);
    Background.await("a second request", () -> host.lifecycle().count(uuid, REQUEST) == 2);
    user.close();
    removing.join();
    host.lifecycle()
        .of(uuid)
        .containsExactly(
            CREATE, PROBE, OWN, REGISTER, OPEN, UNREGISTER, REQUEST, REQUEST, CLOSE, RELEASE);
    host.uevents().of(uuid).containsExactly("add", "bind", "unbind", "remove");
    host.uevents().ofAll().anyMatch(event -> event.contains("MDEV_STATE=registered"));
    Set<LifecyclePoint> seen = EnumSet.noneOf(LifecyclePoint.class);
    host.host().memory().allocate(16, 16).close();
    host.lifecycle().steps().forEach(step -> seen.add(step.point()));
    assertThat(seen).as("points that the cores pass").containsExactly(LifecyclePoint.values());
  }

  @Test
  @DisplayName("a step is made to fail, the first or a later one, with any exception")
  void makesStepsFail(TestHost host) {
    host.faults().failAt(PROBE, 2);
    String first = host.create("plain-thing");
    TestHost.assertErrno(Errno.ENOMEM, () -> host.create("plain-thing"));
    assertThat(host.faults().haveHappened()).isTrue();
    host.faults().failAt(OPEN, 1, new IllegalStateException("by a test"));
    TestHost.assertErrno(Errno.EIO, () -> host.open(first));
    host.open(first).close();
    host.faults().failAt(OPEN);
    assertThat(host.faults().haveHappened()).isFalse();
  }

  @Test
  @DisplayName("what can't fail goes on")
  void closesAllTheSame(TestHost host) {
    host.faults().failAt(CLOSE);
    host.faults().failAt(UNREGISTER);
    host.faults().failAt(RELEASE);
    DeviceUser user = host.openNew("plain-thing");
    user.close();
    host.remove(user.file().name());
    assertThat(host.faults().haveHappened()).isTrue();
    assertThat(host.devices()).isEmpty();
  }

  @Test
  @DisplayName("a store blocks until the test lets it go on")
  void holdsUpAStore(TestHost host) {
    Turnstile turnstile = host.faults().blockAt(CREATE);
    Background<String> creating = Background.call(() -> host.create("plain-thing"));
    turnstile.awaitArrival();
    assertThat(host.available(host.type("plain-thing"))).isEqualTo(1);
    assertThat(creating.isDone()).isFalse();
    turnstile.open();
    String created = creating.join();
    assertThat(host.devices()).containsExactly(created);
  }

  @Test
  @DisplayName("guest memory waits, faults and can't be pinned")
  void troublesWithMemory(TestHost host) {
    FaultyMemory memory = FaultyMemory.pages(1);
    memory.segment().fill((byte) 7);
    MemorySegment into = MemorySegment.ofArray(new byte[1]);
    Turnstile turnstile = host.faults().turnstile();
    memory.blockingAt(turnstile);
    Background<Void> reading = Background.run(() -> memory.read(0, into));
    turnstile.awaitArrival();
    turnstile.open();
    reading.join();
    assertThat(into.get(java.lang.foreign.ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 7);
    assertThat(memory.pin(0, 16).byteSize()).isEqualTo(16);
    memory.refusingPins();
    TestHost.assertErrno(Errno.EFAULT, () -> memory.pin(0, 16));
    memory.write(0, into);
    memory.faulting();
    TestHost.assertErrno(Errno.EFAULT, () -> memory.read(0, into));
  }

  @Test
  @DisplayName("what a test leaves open is closed, and all is well")
  void closesWhatIsLeftOpen(TestHost host) {
    var _ = host.openNew("plain-thing");
    var _ = host.faults().blockAt(CREATE);
  }

  @Test
  @DisplayName("what a driver leaves behind is named: memory, timers, module uses, the tree")
  void namesWhatIsLeft() {
    assertLeft("host buffers", context -> context.memory().allocate(16, 16));
    assertSaid(
        "driver plain has failed in a way that the core can only log",
        "unloading module plain failed: java.lang.IllegalStateException: 1 timers on the host's"
            + " clock were left: cancel the Timer in close, or hand it to the Scope",
        context -> context.clock().schedule(Duration.ZERO, () -> {}));
    assertLeft(
        "/sys/devices/lost is still in the tree",
        context -> context.devices().add(DeviceSpec.named("lost")));
    assertLeft("EAGAIN: module plain is in use", context -> context.module().tryGet());
  }

  @Test
  @DisplayName("a thread that goes on is named")
  void namesThreads() {
    Turnstile end = new Turnstile();
    try {
      assertLeft(
          "thread of-a-driver still runs",
          _ -> Thread.ofPlatform().daemon().name("of-a-driver").start(end::pass));
    } finally {
      end.open();
    }
  }

  @Test
  @DisplayName("a driver that does not load leaves no host")
  void refusesToStart() {
    Plain broken =
        new Plain(
            _ -> {
              throw new ErrnoException(Errno.ENODEV, "no hardware");
            });
    TestHost.assertErrno(Errno.ENODEV, () -> TestHost.start(DriverSetup.of(broken)));
  }

  /** Has a driver do {@code act} when it is loaded. */
  private static void assertLeft(String what, Consumer<ModuleContext> act) {
    assertSaid("driver plain has left something behind", what, act);
  }

  private static void assertSaid(String verdict, String what, Consumer<ModuleContext> act) {
    TestHost host = TestHost.start(DriverSetup.of(new Plain(act)));
    assertThatThrownBy(host::close)
        .isInstanceOf(AssertionError.class)
        .hasMessageContaining(verdict)
        .hasMessageContaining(what);
  }

  /** A driver of devices that do nothing; it does one thing more when it is loaded. */
  private record Plain(Consumer<ModuleContext> act) implements DriverModule, MdevDriver {
    @Override
    public String name() {
      return "plain";
    }

    @Override
    public Set<String> requires() {
      return Set.of("vfio", "mdev");
    }

    @Override
    public void load(ModuleContext context) {
      Mdev mdev = context.service(Mdev.class);
      DeviceClass things = context.scope().own(context.devices().declareClass("plain"));
      mdev.registerDriver(context, this);
      var parent = context.devices().add(DeviceSpec.named("plain").in(things), context.scope());
      var _ =
          mdev.registerParent(
              context.scope(),
              parent,
              this,
              InstanceLimit.perType(2),
              java.util.List.of(MdevType.named("thing", "A thing")));
      act.accept(context);
    }

    @Override
    public DeviceApi deviceApi() {
      return DeviceApi.PLATFORM;
    }

    @Override
    public MdevModel probe(MdevDevice mdev, Scope scope) {
      scope.onClose(() -> {});
      return MdevModel.of(
          new VfioDevice() {
            @Override
            public DeviceApi api() {
              return DeviceApi.PLATFORM;
            }
          });
    }
  }
}
