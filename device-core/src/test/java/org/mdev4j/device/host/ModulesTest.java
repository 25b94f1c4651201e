package org.mdev4j.device.host;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mdev4j.device.Background.pass;
import static org.mdev4j.device.errno.Refusals.assertRefused;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.Background;
import org.mdev4j.device.DeviceSpec;
import org.mdev4j.device.Uevent;
import org.mdev4j.device.Uevents;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.sysfs.OpenMode;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.device.sysfs.SysfsLink;
import org.mdev4j.device.sysfs.SysfsNode;

class ModulesTest {
  private final List<String> log = Collections.synchronizedList(new ArrayList<>());
  private final List<Host> hosts = new ArrayList<>();

  @AfterEach
  void closeHosts() {
    hosts.forEach(Host::close);
  }

  private Host host(DriverModule... modules) {
    Host.Builder builder = Host.builder().withoutDiscovery();
    for (DriverModule module : modules) {
      builder.module(module);
    }
    Host host = builder.start();
    hosts.add(host);
    return host;
  }

  /** A module that writes down its load and unload. */
  private TestModule logging(String name, String... requires) {
    return TestModule.of(
        name,
        context -> {
          log.add("+" + name);
          context.scope().onClose(() -> log.add("-" + name));
        },
        requires);
  }

  private static String read(Host host, String path) {
    return new String(host.tree().open(path, OpenMode.READ).read(0, 4096), ISO_8859_1);
  }

  private static List<String> list(Host host, String path) {
    return ((SysfsDirectory) host.tree().resolve(path))
        .children().stream().map(SysfsNode::name).toList();
  }

  private static List<String> names(Host host) {
    return host.modules().loaded().stream().map(LoadedModule::name).toList();
  }

  @Test
  void insmodLoadsAndRmmodUnloads() {
    Host host = host(logging("mtty"));
    Uevents.Subscription events = host.uevents().subscribe();
    assertThat(list(host, "/sys/module")).isEmpty();

    host.modules().insmod("mtty", Map.of());

    assertThat(names(host)).containsExactly("mtty");
    assertThat(host.modules().loaded("mtty")).hasToString("module mtty");
    assertThat(list(host, "/sys/module/mtty")).containsExactly("holders", "initstate", "refcnt");
    assertThat(read(host, "/sys/module/mtty/refcnt")).isEqualTo("0\n");
    assertThat(read(host, "/sys/module/mtty/initstate")).isEqualTo("live\n");

    host.modules().rmmod("mtty");

    assertThat(log).containsExactly("+mtty", "-mtty");
    assertThat(names(host)).isEmpty();
    assertThat(host.modules().loaded("mtty")).isNull();
    assertThat(list(host, "/sys/module")).isEmpty();
    assertThat(events.drain())
        .extracting(Uevent::toString)
        .containsExactly(
            "add@/module/mtty SUBSYSTEM=module", "remove@/module/mtty SUBSYSTEM=module");
  }

  @Test
  void aModuleIsComingWhileItLoadsAndGoingWhileItUnloads() {
    AtomicReference<Host> self = new AtomicReference<>();
    TestModule mtty =
        TestModule.of(
            "mtty",
            context -> {
              log.add(read(self.get(), "/sys/module/mtty/initstate"));
              assertRefused(Errno.EBUSY, () -> self.get().modules().rmmod("mtty"));
              context
                  .scope()
                  .onClose(
                      () -> {
                        log.add(read(self.get(), "/sys/module/mtty/initstate"));
                        assertRefused(Errno.EBUSY, () -> self.get().modules().rmmod("mtty"));
                        assertThat(context.module().tryGet()).isFalse();
                        log.add("checked");
                      });
            });
    self.set(host(mtty));

    self.get().modules().insmod("mtty", Map.of());
    self.get().modules().rmmod("mtty");

    assertThat(log).containsExactly("coming\n", "going\n", "checked");
  }

  @Test
  void theAddEventComesAfterEverythingTheLoadAnnounced() {
    Host host =
        host(
            TestModule.of(
                "mtty",
                context -> {
                  context.devices().add(DeviceSpec.named("mtty"), context.scope());
                }));
    Uevents.Subscription events = host.uevents().subscribe();

    host.modules().insmod("mtty", Map.of());
    host.modules().rmmod("mtty");

    assertThat(events.drain())
        .extracting(Uevent::header)
        .containsExactly(
            "add@/devices/mtty", "add@/module/mtty", "remove@/devices/mtty", "remove@/module/mtty");
  }

  @Test
  void anUnknownModuleIsEnoentAndTheKnownOnesAreNamed() {
    Host host = host(logging("mtty"), logging("mdpy"));

    assertRefused(Errno.ENOENT, () -> host.modules().insmod("mbochs", Map.of()))
        .hasMessageContaining("'mbochs'")
        .hasMessageContaining("mdpy, mtty");
    assertRefused(Errno.ENOENT, () -> host.modules().modprobe("mbochs"));
    assertRefused(Errno.ENOENT, () -> host.modules().rmmod("mtty")).hasMessageContaining("mtty");
  }

  @Test
  void aLoadedModuleIsEexistForInsmodAndLeftAloneByModprobe() {
    Host host = host(logging("mtty").with(Parameter.number("count", 1, "")));
    host.modules().insmod("mtty", Map.of());

    assertRefused(Errno.EEXIST, () -> host.modules().insmod("mtty", Map.of()));
    assertRefused(Errno.EEXIST, () -> host.modules().insmod("mtty", Map.of("count", "bad")));
    host.modules().modprobe("mtty", Map.of("count", "2"));

    assertThat(log).containsExactly("+mtty");
    assertThat(read(host, "/sys/module/mtty/parameters/count")).isEqualTo("1\n");
  }

  @Test
  void aRequiredModuleIsLoadedByModprobeAndMissedByInsmod() {
    Host host =
        host(logging("mtty", "mdev"), logging("mdev", "vfio"), logging("vfio"), logging("other"));

    assertRefused(Errno.ENOENT, () -> host.modules().insmod("mtty", Map.of()))
        .hasMessageContaining("mtty")
        .hasMessageContaining("requires module mdev");
    assertThat(names(host)).isEmpty();

    host.modules().modprobe("mtty");

    assertThat(names(host)).containsExactly("vfio", "mdev", "mtty");
    assertThat(log).containsExactly("+vfio", "+mdev", "+mtty");
  }

  @Test
  void aRequiredModuleIsHeld() {
    Host host = host(logging("mtty", "mdev"), logging("mdpy", "mdev"), logging("mdev"));
    host.modules().modprobe("mtty");
    host.modules().modprobe("mdpy");

    assertThat(read(host, "/sys/module/mdev/refcnt")).isEqualTo("2\n");
    assertThat(list(host, "/sys/module/mdev/holders")).containsExactly("mdpy", "mtty");
    assertThat(host.tree().resolve("/sys/module/mdev/holders/mtty", false))
        .isInstanceOfSatisfying(
            SysfsLink.class, link -> assertThat(link.text()).isEqualTo("../../mtty"));
    assertRefused(Errno.EAGAIN, () -> host.modules().rmmod("mdev"))
        .hasMessageContaining("in use")
        .hasMessageContaining("mdpy, mtty");

    host.modules().rmmod("mtty");
    assertThat(list(host, "/sys/module/mdev/holders")).containsExactly("mdpy");
    assertThat(read(host, "/sys/module/mdev/refcnt")).isEqualTo("1\n");
    host.modules().rmmod("mdpy");
    host.modules().rmmod("mdev");

    assertThat(log).endsWith("-mtty", "-mdpy", "-mdev");
  }

  @Test
  void aRequiredModuleIsHeldWhileTheScopeOfItsUserCloses() {
    AtomicReference<Host> self = new AtomicReference<>();
    self.set(
        host(
            logging("mdev"),
            TestModule.of(
                "mtty",
                context ->
                    context
                        .scope()
                        .onClose(() -> log.add(read(self.get(), "/sys/module/mdev/refcnt"))),
                "mdev")));
    self.get().modules().modprobe("mtty");

    self.get().modules().rmmod("mtty");

    assertThat(log).containsExactly("+mdev", "1\n");
    assertThat(read(self.get(), "/sys/module/mdev/refcnt")).isEqualTo("0\n");
  }

  @Test
  void modulesThatRequireEachOtherAreEloop() {
    Host host = host(logging("a", "b"), logging("b", "c"), logging("c", "a"), logging("d", "d"));

    assertRefused(Errno.ELOOP, () -> host.modules().modprobe("a"))
        .hasMessageContaining("a -> b -> c");
    assertRefused(Errno.ELOOP, () -> host.modules().modprobe("d"));
    assertRefused(Errno.ENOENT, () -> host.modules().insmod("a", Map.of()));

    assertThat(log).isEmpty();
    assertThat(names(host)).isEmpty();
  }

  @Test
  void aUsedModuleStaysUntilItIsPut() {
    Host host = host(logging("mtty"));
    host.modules().modprobe("mtty");
    LoadedModule mtty = host.modules().loaded("mtty");

    assertThat(mtty.tryGet()).isTrue();
    assertThat(mtty.users()).isEqualTo(1);
    assertRefused(Errno.EAGAIN, () -> host.modules().rmmod("mtty"));
    assertThat(log).containsExactly("+mtty");
    mtty.put();
    host.modules().rmmod("mtty");

    assertThat(mtty.tryGet()).as("once it is unloaded").isFalse();
    assertThat(mtty.users()).isZero();
    assertThatThrownBy(mtty::put).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void parametersAreGivenShownAndChecked() {
    AtomicReference<Parameters> given = new AtomicReference<>();
    Host host =
        host(
            TestModule.of("mdpy", context -> given.set(context.parameters()))
                .with(
                    Parameter.number("count", 4, "how many"),
                    Parameter.flag("debug", false, ""),
                    Parameter.text("secret", "x", "").hidden()));

    host.modules().insmod("mdpy", Map.of("count", "0x10", "debug", "", "secret", "y"));

    assertThat(given.get().number("count")).isEqualTo(16);
    assertThat(given.get().flag("debug")).isTrue();
    assertThat(given.get().text("secret")).isEqualTo("y");
    assertThat(list(host, "/sys/module/mdpy/parameters")).containsExactly("count", "debug");
    assertThat(read(host, "/sys/module/mdpy/parameters/count")).isEqualTo("16\n");
    assertThat(read(host, "/sys/module/mdpy/parameters/debug")).isEqualTo("Y\n");
    host.modules().rmmod("mdpy");

    assertRefused(Errno.EINVAL, () -> host.modules().insmod("mdpy", Map.of("count", "-1")))
        .hasMessageContaining("from 0 to");
    assertRefused(Errno.EINVAL, () -> host.modules().modprobe("mdpy", Map.of("cuont", "1")))
        .hasMessageContaining("count, debug, secret");
    assertThat(names(host)).isEmpty();
    assertThat(list(host, "/sys/module")).isEmpty();
  }

  @Test
  void ofAFailedLoadNothingStays() {
    AtomicInteger attempts = new AtomicInteger();
    Host host =
        host(
            logging("mdev"),
            TestModule.of(
                "mtty",
                context -> {
                  context.devices().add(DeviceSpec.named("mtty"), context.scope());
                  context.scope().own(context.memory().allocate(4096, 8));
                  context.provide(String.class, "a service");
                  switch (attempts.incrementAndGet()) {
                    case 1 -> throw new ErrnoException(Errno.ENOMEM, "no room");
                    case 2 -> throw new IllegalStateException("bug");
                    case 3 -> throw new NoClassDefFoundError("org/example/Gone");
                    default -> {}
                  }
                },
                "mdev"));
    host.modules().modprobe("mdev");
    Uevents.Subscription events = host.uevents().subscribe();

    assertRefused(Errno.ENOMEM, () -> host.modules().insmod("mtty", Map.of()))
        .hasMessage("no room");
    assertRefused(Errno.EIO, () -> host.modules().modprobe("mtty")).hasMessageContaining("bug");
    assertRefused(Errno.EIO, () -> host.modules().modprobe("mtty"));

    assertThat(names(host)).containsExactly("mdev");
    assertThat(list(host, "/sys/module")).containsExactly("mdev");
    assertThat(list(host, "/sys/module/mdev/holders")).isEmpty();
    assertThat(read(host, "/sys/module/mdev/refcnt")).isEqualTo("0\n");
    assertThat(list(host, "/sys/devices")).containsExactly("virtual");
    assertThat(host.memory().inUse()).isZero();
    assertThatThrownBy(() -> host.service(String.class)).isInstanceOf(IllegalStateException.class);
    assertThat(events.drain()).extracting(Uevent::subsystem).doesNotContain("module");
    host.modules().insmod("mtty", Map.of());
    assertThat(names(host)).containsExactly("mdev", "mtty");
  }

  @Test
  void aModuleThatDeclaresAParameterTwiceIsRefusedWhole() {
    Host host =
        host(
            logging("mtty")
                .with(Parameter.number("count", 1, ""), Parameter.number("count", 2, "")));

    assertRefused(Errno.EEXIST, () -> host.modules().insmod("mtty", Map.of()));

    assertThat(list(host, "/sys/module")).isEmpty();
    assertThat(log).isEmpty();
  }

  @Test
  void servicesGoToThoseWhoRequireTheirModule() {
    AtomicReference<String> got = new AtomicReference<>();
    Host host =
        host(
            TestModule.of("mdev", context -> context.provide(String.class, "mdev core")),
            TestModule.of("mtty", context -> got.set(context.service(String.class)), "mdev"),
            TestModule.of("rude", context -> got.set(context.service(String.class))),
            TestModule.of("greedy", context -> context.service(Integer.class), "mdev"));

    host.modules().modprobe("mtty");
    assertThat(got).hasValue("mdev core");
    assertThat(host.service(String.class)).isEqualTo("mdev core");
    assertRefused(Errno.EIO, () -> host.modules().modprobe("rude")).hasMessageContaining("String");
    assertRefused(Errno.EIO, () -> host.modules().modprobe("greedy"))
        .hasMessageContaining("Integer");
    assertThatThrownBy(() -> host.service(Integer.class)).isInstanceOf(IllegalStateException.class);

    host.modules().rmmod("mtty");
    host.modules().rmmod("mdev");
    assertThatThrownBy(() -> host.service(String.class)).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void twoHostsLoadOneModuleIndependently() {
    AtomicInteger loads = new AtomicInteger();
    TestModule mtty =
        TestModule.of(
            "mtty",
            context -> {
              context.provide(Integer.class, loads.incrementAndGet());
              context.devices().add(DeviceSpec.named("mtty"), context.scope());
            });
    Host first = host(mtty);
    Host second = host(mtty);

    first.modules().modprobe("mtty");
    assertThat(second.modules().loaded()).isEmpty();
    second.modules().modprobe("mtty");
    first.modules().rmmod("mtty");

    assertThat(first.modules().loaded()).isEmpty();
    assertThat(list(first, "/sys/devices")).containsExactly("virtual");
    assertThat(second.service(Integer.class)).isEqualTo(2);
    assertThat(list(second, "/sys/devices")).containsExactly("mtty", "virtual");
  }

  @RepeatedTest(20)
  void ofManyWhoInsmodOneModuleOneWins() {
    Host host = host(logging("mdev"), logging("mtty", "mdev"));
    host.modules().modprobe("mdev");
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger wins = new AtomicInteger();
    List<Background<Void>> loaders = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      loaders.add(
          Background.run(
              () -> {
                pass(go);
                try {
                  host.modules().insmod("mtty", Map.of());
                  wins.incrementAndGet();
                } catch (ErrnoException refusal) {
                  assertThat(refusal.errno()).isEqualTo(Errno.EEXIST);
                }
              }));
    }
    go.countDown();

    loaders.forEach(Background::join);

    assertThat(wins).hasValue(1);
    assertThat(log).containsExactly("+mdev", "+mtty");
    assertThat(read(host, "/sys/module/mdev/refcnt")).isEqualTo("1\n");
  }

  @Test
  void modprobeWaitsForALoadInProgress() {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Host host =
        host(
            TestModule.of(
                "mdev",
                context -> {
                  inside.countDown();
                  pass(release);
                }),
            logging("mtty", "mdev"));
    Background<Void> first = Background.run(() -> host.modules().modprobe("mdev"));
    pass(inside);
    assertRefused(Errno.EEXIST, () -> host.modules().insmod("mdev", Map.of()));
    assertRefused(Errno.EBUSY, () -> host.modules().rmmod("mdev"));

    Background<Void> same = Background.run(() -> host.modules().modprobe("mdev")).awaitBlocked();
    Background<Void> user = Background.run(() -> host.modules().modprobe("mtty")).awaitBlocked();

    release.countDown();
    first.join();
    same.join();
    user.join();
    assertThat(names(host)).containsExactly("mdev", "mtty");
  }

  @Test
  void whenTheLoadInProgressFailsTheNextTriesItself() {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    AtomicInteger attempts = new AtomicInteger();
    Host host =
        host(
            TestModule.of(
                "mdev",
                context -> {
                  if (attempts.incrementAndGet() == 1) {
                    inside.countDown();
                    pass(release);
                    throw new ErrnoException(Errno.EBUSY, "the first fails");
                  }
                }));
    Background<Void> first = Background.run(() -> host.modules().modprobe("mdev"));
    pass(inside);
    Background<Void> second = Background.run(() -> host.modules().modprobe("mdev")).awaitBlocked();

    release.countDown();

    assertRefused(Errno.EBUSY, first::join);
    second.join();
    assertThat(attempts).hasValue(2);
    assertThat(names(host)).containsExactly("mdev");
  }

  @RepeatedTest(20)
  void loadingAndUnloadingAtOnceLeavesNoTrace() {
    Host host = host(logging("mtty"));
    CountDownLatch go = new CountDownLatch(1);
    List<Background<Void>> users = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      users.add(
          Background.run(
              () -> {
                pass(go);
                for (int n = 0; n < 100; n++) {
                  host.modules().modprobe("mtty");
                  try {
                    host.modules().rmmod("mtty");
                  } catch (ErrnoException refusal) {
                    assertThat(refusal.errno()).isIn(Errno.ENOENT, Errno.EBUSY);
                  }
                }
              }));
    }
    go.countDown();
    users.forEach(Background::join);

    host.modules().modprobe("mtty");
    assertThat(names(host)).containsExactly("mtty");
    host.modules().rmmod("mtty");

    assertThat(list(host, "/sys/module")).isEmpty();
    assertThat(log.stream().filter(entry -> entry.equals("+mtty")).count())
        .isEqualTo(log.stream().filter(entry -> entry.equals("-mtty")).count())
        .isPositive();
  }

  @Test
  void unloadingDrainsTheWorkQueues() {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Host host =
        host(
            TestModule.of(
                "mtty",
                context ->
                    context
                        .workQueue("irq")
                        .submit(
                            () -> {
                              inside.countDown();
                              pass(release);
                              log.add("work done");
                            })));
    host.modules().modprobe("mtty");
    pass(inside);

    Background<Void> unload =
        Background.run(
                () -> {
                  host.modules().rmmod("mtty");
                  log.add("unloaded");
                })
            .awaitBlocked();

    assertThat(log).isEmpty();
    release.countDown();
    unload.join();
    assertThat(log).containsExactly("work done", "unloaded");
  }

  @Test
  void unloadingCancelsTimersAndWaitsForThoseThatRun() {
    ManualClock time = new ManualClock();
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Host host =
        Host.builder()
            .withoutDiscovery()
            .clock(time)
            .module(logging("mdev"))
            .module(
                TestModule.of(
                    "mtty",
                    context -> {
                      HostClock.Timer _ =
                          context
                              .clock()
                              .schedule(
                                  Duration.ofSeconds(1),
                                  () -> {
                                    inside.countDown();
                                    pass(release);
                                    log.add("uses mdev");
                                  });
                      HostClock.Timer _ =
                          context.clock().schedule(Duration.ofSeconds(9), () -> log.add("late"));
                    },
                    "mdev"))
            .start();
    List<String> failures = new ArrayList<>();
    host.tracing().onFailure((what, failure) -> failures.add(what + ": " + failure.getMessage()));
    host.modules().modprobe("mtty");
    Background<Void> advance = Background.run(() -> time.advance(Duration.ofSeconds(2)));
    pass(inside);

    Background<Void> unload = Background.run(() -> host.modules().rmmod("mtty")).awaitBlocked();

    assertRefused(Errno.EAGAIN, () -> host.modules().rmmod("mdev"));
    release.countDown();
    unload.join();
    advance.join();
    assertThat(time.timers()).isZero();
    assertThat(failures).hasSize(1);
    assertThat(failures.getFirst())
        .startsWith("unloading module mtty: 1 timers on the host's clock were left");
    host.modules().rmmod("mdev");
    assertThat(log).containsExactly("+mdev", "uses mdev", "-mdev");
    host.close();
  }

  @Test
  void aModuleThatCancelsItsTimersIsUnloadedInSilence() {
    Host host =
        host(
            TestModule.of(
                "mtty",
                context -> {
                  HostClock.Timer timer = context.clock().schedule(Duration.ofDays(1), () -> {});
                  context.scope().onClose(timer::cancel);
                }));
    List<String> failures = new ArrayList<>();
    host.tracing().onFailure((what, _) -> failures.add(what));
    host.modules().modprobe("mtty");

    host.modules().rmmod("mtty");

    assertThat(failures).isEmpty();
  }
}
