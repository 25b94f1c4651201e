package org.mdev4j.device.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mdev4j.device.Background.pass;

import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.Background;
import org.mdev4j.device.DeviceSpec;
import org.mdev4j.device.Uevent;
import org.mdev4j.device.Uevents;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.device.sysfs.SysfsNode;

class HostTest {
  private final List<String> log = Collections.synchronizedList(new ArrayList<>());

  private TestModule logging(String name, String... requires) {
    return TestModule.of(
        name, context -> context.scope().onClose(() -> log.add("-" + name)), requires);
  }

  @Test
  void aPlainHostHasTheUsualPlaces() {
    try (Host host = Host.builder().withoutDiscovery().name("first").start()) {
      assertThat(host).hasToString("Host[first]");
      assertThat(host.machine().name()).isEqualTo("plain");
      assertThat(host.modules().found()).isEmpty();
      assertThat(((SysfsDirectory) host.tree().resolve("/sys")).children())
          .extracting(SysfsNode::name)
          .containsExactly("bus", "class", "devices", "kernel", "module");
      assertThat(((SysfsDirectory) host.tree().resolve("/sys/kernel/iommu_groups")).children())
          .isEmpty();
    }
  }

  @Test
  void theTreeIsAFileSystem() throws Exception {
    try (Host host = Host.builder().withoutDiscovery().start()) {
      host.devices().add(DeviceSpec.named("mtty"));

      assertThat(Files.readString(host.path("/sys/devices/mtty/uevent"))).isEmpty();
      assertThat(host.path("/sys").getFileSystem()).isSameAs(host.fileSystem());
    }
  }

  @Test
  void theMachineSaysWhetherThereIsPowerManagement() {
    Machine s390 = new Machine("s390", false, Map.of("css", "{}"));
    try (Host plain = Host.builder().withoutDiscovery().start();
        Host mainframe = Host.builder().withoutDiscovery().machine(s390).start()) {
      assertThat(plain.devices().add(DeviceSpec.named("d")).directory().child("power")).isNotNull();
      assertThat(mainframe.devices().add(DeviceSpec.named("d")).directory().child("power"))
          .isNull();
      assertThat(mainframe.machine()).isEqualTo(s390);
    }
  }

  @Test
  void hostsShareNothing() {
    try (Host first = Host.builder().withoutDiscovery().module(logging("mtty")).start();
        Host second = Host.builder().withoutDiscovery().module(logging("mtty")).start()) {
      Uevents.Subscription events = second.uevents().subscribe();
      first.modules().modprobe("mtty");
      first.devices().add(DeviceSpec.named("d"));
      HostBuffer here = first.memory().allocate(16, 16);

      assertThat(second.modules().loaded()).isEmpty();
      assertThat(((SysfsDirectory) second.tree().resolve("/sys/devices")).child("d")).isNull();
      assertThat(events.drain()).isEmpty();
      assertThat(second.memory().inUse()).isZero();
      assertThat(second.memory().allocate(16, 16).address()).isEqualTo(here.address());
      assertThat(second.tree()).isNotSameAs(first.tree());
    }
  }

  @Test
  void closingUnloadsInReverse() {
    Host host =
        Host.builder()
            .withoutDiscovery()
            .module(logging("mtty", "mdev"))
            .module(logging("mdev", "vfio"))
            .module(logging("vfio"))
            .module(logging("alone"))
            .start();
    host.modules().modprobe("mtty");
    host.modules().modprobe("alone");
    Uevents.Subscription events = host.uevents().subscribe();

    host.close();

    assertThat(log).containsExactly("-alone", "-mtty", "-mdev", "-vfio");
    assertThat(events.drain())
        .extracting(Uevent::header)
        .containsExactly(
            "remove@/module/alone",
            "remove@/module/mtty",
            "remove@/module/mdev",
            "remove@/module/vfio");
    assertThat(((SysfsDirectory) host.tree().resolve("/sys/module")).children()).isEmpty();
    host.close();
    assertThat(log).hasSize(4);
  }

  @Test
  void closingUnloadsAlsoWhatIsInUse() {
    Host host = Host.builder().withoutDiscovery().module(logging("mtty")).start();
    host.modules().modprobe("mtty");
    LoadedModule mtty = host.modules().loaded("mtty");
    assertThat(mtty.tryGet()).isTrue();

    host.close();

    assertThat(log).containsExactly("-mtty");
    mtty.put();
    assertThat(mtty.users()).isZero();
  }

  @Test
  void closingDrainsTheWorkQueues() {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    AtomicReference<WorkQueue> queue = new AtomicReference<>();
    Host host =
        Host.builder()
            .withoutDiscovery()
            .module(TestModule.of("mtty", context -> queue.set(context.workQueue("irq"))))
            .start();
    host.modules().modprobe("mtty");
    queue
        .get()
        .submit(
            () -> {
              inside.countDown();
              pass(release);
              log.add("work");
            });
    pass(inside);

    Background<Void> closer = Background.run(host::close).awaitBlocked();

    assertThat(log).isEmpty();
    release.countDown();
    closer.join();
    assertThat(log).containsExactly("work");
    assertThat(queue.get().submit(() -> log.add("late"))).isFalse();
  }

  @Test
  void waitsForTheWorkOfAllModules() {
    CountDownLatch release = new CountDownLatch(1);
    List<DriverModule> modules = new ArrayList<>();
    for (String name : List.of("mtty", "mdpy")) {
      modules.add(
          TestModule.of(
              name,
              context ->
                  context
                      .workQueue("irq")
                      .submit(
                          () -> {
                            pass(release);
                            log.add(name);
                          })));
    }
    try (Host host =
        Host.builder()
            .withoutDiscovery()
            .module(modules.getFirst())
            .module(modules.getLast())
            .start()) {
      host.flushWork();
      host.modules().modprobe("mtty");
      host.modules().modprobe("mdpy");

      Background<Void> flush = Background.run(host::flushWork).awaitBlocked();

      assertThat(log).isEmpty();
      release.countDown();
      flush.join();
      assertThat(log).containsExactlyInAnyOrder("mtty", "mdpy");
    }
  }

  @Test
  void aModuleIsGivenWhatItsHostHas() {
    AtomicReference<ModuleContext> given = new AtomicReference<>();
    ManualClock clock = new ManualClock(Instant.ofEpochSecond(1));
    try (Host host =
        Host.builder()
            .withoutDiscovery()
            .clock(clock)
            .module(TestModule.of("mtty", given::set))
            .start()) {
      host.modules().modprobe("mtty");

      ModuleContext context = given.get();
      assertThat(context.module()).isSameAs(host.modules().loaded("mtty"));
      assertThat(context.devices()).isSameAs(host.devices());
      assertThat(context.memory()).isSameAs(host.memory());
      assertThat(context.machine()).isSameAs(host.machine());
      assertThat(context.clock().now()).isEqualTo(clock.now());
      assertThat(host.clock().now()).isEqualTo(clock.now());
      HostClock.Timer _ = context.clock().schedule(Duration.ofSeconds(1), () -> log.add("module"));
      HostClock.Timer _ = host.clock().schedule(Duration.ofSeconds(1), () -> log.add("host"));
      clock.advance(Duration.ofSeconds(1));
      assertThat(log).as("on the thread that advances").containsExactly("module", "host");
    }
  }

  @Test
  void withoutAnotherClockItIsTheSystemsTime() {
    CountDownLatch ran = new CountDownLatch(1);
    Instant before = Instant.now();
    try (Host host = Host.builder().withoutDiscovery().start()) {
      HostClock.Timer never = host.clock().schedule(Duration.ofDays(1), () -> log.add("never"));
      HostClock.Timer _ = host.clock().schedule(Duration.ofMillis(1), ran::countDown);

      assertThat(host.clock().now()).isAfterOrEqualTo(before);
      pass(ran);
      never.cancel();
      never.cancel();
    }
    assertThat(log).isEmpty();
  }

  @Test
  void aClosedHostLeavesNoThread() {
    String name = "host-" + System.nanoTime();
    Host host = Host.builder().withoutDiscovery().name(name).start();
    CountDownLatch ran = new CountDownLatch(1);
    HostClock.Timer _ = host.clock().schedule(Duration.ZERO, ran::countDown);
    pass(ran);
    assertThat(threads(name)).isNotEmpty();

    host.close();

    await().atMost(Duration.ofSeconds(60)).until(() -> threads(name).isEmpty());
  }

  private static List<Thread> threads(String prefix) {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith(prefix))
        .toList();
  }
}
