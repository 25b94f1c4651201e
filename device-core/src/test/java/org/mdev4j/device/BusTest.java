package org.mdev4j.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.device.Background.pass;
import static org.mdev4j.device.errno.Refusals.assertRefused;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.device.sysfs.AttributeGroup;
import org.mdev4j.device.sysfs.SysfsDirectory;

class BusTest {
  private static final String DRIVER = "/sys/bus/mdev/drivers/mtty";
  private static final String DEVICE = "/sys/devices/u";

  private final TestBus host = new TestBus();
  private final DriverCore core = host.core;
  private final Bus bus = host.bus("mdev");
  private final List<String> log = Collections.synchronizedList(new ArrayList<>());

  /** A driver that writes down what happens to it. */
  private Driver logging(String name, AttributeGroup... groups) {
    return TestBus.driver(
        name,
        (device, scope) -> {
          log.add("probe " + device.name());
          scope.onClose(() -> log.add("scope closed"));
          return List.of(groups);
        },
        device -> log.add("remove " + device.name()));
  }

  private void assertUnbound(Device device) {
    assertThat(device.driver()).isNull();
    assertThat(host.exists(DEVICE + "/driver")).isFalse();
    assertThat(host.list(DRIVER)).containsExactly("bind 200", "uevent 200", "unbind 200");
    assertThat(host.read(DEVICE + "/uevent")).isEmpty();
  }

  @Test
  void aBusComesAndGoes() {
    Bus css = core.registerBus(new NothingMatches("css"));
    assertThat(host.exists("/sys/bus/css/drivers")).isTrue();
    assertRefused(Errno.EEXIST, () -> core.registerBus(new NothingMatches("css")));

    css.close();

    assertThat(host.exists("/sys/bus/css")).isFalse();
    assertThat(host.events())
        .containsExactly("add@/bus/css SUBSYSTEM=bus", "remove@/bus/css SUBSYSTEM=bus");
  }

  private record NothingMatches(String name) implements BusType {
    @Override
    public boolean match(Device device, RegisteredDriver driver) {
      return false;
    }
  }

  @Test
  void devicesAndDriversFindEachOtherWhicheverComesFirst() {
    Device early = core.add(DeviceSpec.named("early").on(bus));
    RegisteredDriver mtty = bus.registerDriver(logging("mtty"), null);
    Device late = core.add(DeviceSpec.named("late").on(bus));

    assertThat(log).containsExactly("probe early", "probe late");
    assertThat(early.driver()).isSameAs(mtty);
    assertThat(late.driver()).isSameAs(mtty);
    assertThat(host.events())
        .containsExactly(
            "add@/devices/early SUBSYSTEM=mdev",
            "bind@/devices/early SUBSYSTEM=mdev DRIVER=mtty",
            "add@/bus/mdev/drivers/mtty SUBSYSTEM=drivers",
            "add@/devices/late SUBSYSTEM=mdev",
            "bind@/devices/late SUBSYSTEM=mdev DRIVER=mtty");
  }

  @Test
  void knowsItsDevicesAndDrivers() {
    Device b = core.add(DeviceSpec.named("b").on(bus));
    Device a = core.add(DeviceSpec.named("a").on(bus));
    RegisteredDriver mtty = bus.registerDriver(logging("mtty"), null);

    assertThat(bus.devices()).containsExactly(a, b);
    assertThat(bus.device("a")).isSameAs(a);
    assertThat(bus.device("c")).isNull();
    assertThat(bus.driver("mtty")).isSameAs(mtty);
    assertThat(bus.driver("mdpy")).isNull();
    assertThat(mtty.bus()).isSameAs(bus);
    assertThat(mtty).hasToString("driver mtty on bus mdev");
    core.remove(a);
    assertThat(bus.devices()).containsExactly(b);
  }

  @Test
  void twoDriversOfOneNameAreEbusy() {
    RegisteredDriver first = bus.registerDriver(logging("mtty"), null);
    host.forgetEvents();

    assertRefused(Errno.EBUSY, () -> bus.registerDriver(logging("mtty"), null))
        .hasMessageContaining("mtty");

    assertThat(bus.driver("mtty")).isSameAs(first);
    assertThat(host.events()).isEmpty();
    bus.unregisterDriver(first);
    assertThat(bus.registerDriver(logging("mtty"), null)).isNotSameAs(first);
  }

  @Test
  void aDriverLinksToItsModule() {
    SysfsDirectory module = host.tree.sys().addDirectory("module").addDirectory("mtty");

    bus.registerDriver(logging("mtty"), module);

    assertThat(host.link(DRIVER + "/module")).isEqualTo("../../../../module/mtty");
  }

  @Test
  void unregisteringADriverUnbindsItsDevicesAndKeepsThem() {
    Device device = core.add(DeviceSpec.named("u").on(bus));
    RegisteredDriver mtty = bus.registerDriver(logging("mtty"), null);
    Device other = core.add(DeviceSpec.named("v").on(bus));
    log.clear();
    host.forgetEvents();

    bus.unregisterDriver(mtty);
    bus.unregisterDriver(mtty);

    assertThat(log).containsExactly("remove u", "scope closed", "remove v", "scope closed");
    assertThat(bus.devices()).containsExactly(device, other);
    assertThat(bus.driver("mtty")).isNull();
    assertThat(host.exists(DRIVER)).isFalse();
    assertThat(host.list(DEVICE)).containsExactly("subsystem 777", "uevent 644");
    assertThat(host.events())
        .containsExactly(
            "unbind@/devices/u SUBSYSTEM=mdev",
            "unbind@/devices/v SUBSYSTEM=mdev",
            "remove@/bus/mdev/drivers/mtty SUBSYSTEM=drivers");
    assertRefused(Errno.ENODEV, () -> bus.attach(device, mtty));
    core.remove(device);
    assertThat(host.events()).containsExactly("remove@/devices/u SUBSYSTEM=mdev");
  }

  @Test
  void unbindByHand() {
    Device device = core.add(DeviceSpec.named("u").on(bus));
    AtomicReference<List<String>> atRemove = new AtomicReference<>();
    bus.registerDriver(
        TestBus.driver(
            "mtty",
            (found, scope) -> {
              scope.onClose(() -> log.add("scope closed"));
              return List.of(AttributeGroup.of("vendor", Attribute.readOnly("v", () -> 1)));
            },
            gone -> {
              log.add("remove");
              atRemove.set(host.list(DEVICE));
            }),
        null);
    core.add(DeviceSpec.named("v").on(bus));
    assertThat(host.list(DEVICE))
        .containsExactly("driver 777", "subsystem 777", "uevent 644", "vendor 755");
    host.forgetEvents();

    host.write(DRIVER + "/unbind", "u\n");

    assertThat(log).containsExactly("remove", "scope closed");
    assertThat(atRemove.get()).containsExactly("subsystem 777", "uevent 644");
    assertThat(device.driver()).isNull();
    assertThat(host.read(DEVICE + "/uevent")).isEmpty();
    assertThat(host.events()).containsExactly("unbind@/devices/u SUBSYSTEM=mdev");
    assertThat(bus.device("u")).isSameAs(device);
    assertRefused(Errno.ENODEV, () -> host.write(DRIVER + "/unbind", "u"));
    assertRefused(Errno.ENODEV, () -> host.write(DRIVER + "/unbind", "v\n\n"));
    assertRefused(Errno.ENODEV, () -> host.write(DRIVER + "/unbind", "nobody"))
        .hasMessageContaining("nobody");
  }

  @Test
  void unbindThroughAnotherDriverIsEnodev() {
    Device device = core.add(DeviceSpec.named("u").on(bus));
    RegisteredDriver mtty = bus.registerDriver(logging("mtty"), null);
    bus.registerDriver(logging("mdpy"), null);

    assertRefused(Errno.ENODEV, () -> host.write("/sys/bus/mdev/drivers/mdpy/unbind", "u"));

    assertThat(device.driver()).isSameAs(mtty);
  }

  @Test
  void bindByHand() {
    host.write("/sys/bus/mdev/drivers_autoprobe", "0");
    Device device = core.add(DeviceSpec.named("u").on(bus));
    RegisteredDriver mtty = bus.registerDriver(logging("mtty"), null);
    bus.registerDriver(logging("mdpy"), null);
    assertThat(log).isEmpty();

    host.write(DRIVER + "/bind", "u\n");

    assertThat(device.driver()).isSameAs(mtty);
    assertRefused(Errno.EBUSY, () -> host.write(DRIVER + "/bind", "u"));
    assertRefused(Errno.EBUSY, () -> host.write("/sys/bus/mdev/drivers/mdpy/bind", "u"));
    assertRefused(Errno.ENODEV, () -> host.write(DRIVER + "/bind", "nobody"));
    assertThat(log).containsExactly("probe u");
  }

  @Test
  void onABusThatNeverMatchesNothingBindsByItselfOrByHand() {
    Bus never = core.registerBus(new NothingMatches("never"));
    Device device = core.add(DeviceSpec.named("u").on(never));
    RegisteredDriver mtty = never.registerDriver(logging("mtty"), null);

    assertRefused(Errno.ENODEV, () -> host.write("/sys/bus/never/drivers/mtty/bind", "u"));
    host.write("/sys/bus/never/drivers_probe", "u");
    assertRefused(Errno.ENODEV, () -> host.write("/sys/bus/never/drivers_probe", "nobody"));
    assertThat(device.driver()).isNull();

    never.attach(device, mtty);

    assertThat(device.driver()).isSameAs(mtty);
    host.write("/sys/bus/never/drivers/mtty/unbind", "u");
    assertRefused(Errno.ENODEV, () -> host.write("/sys/bus/never/drivers/mtty/bind", "u"));
  }

  @Test
  void whatMayBeBoundByHandIsUpToTheBus() {
    Bus manual =
        core.registerBus(
            new BusType() {
              @Override
              public String name() {
                return "manual";
              }

              @Override
              public boolean match(Device device, RegisteredDriver driver) {
                return false;
              }

              @Override
              public boolean mayBindByHand(Device device, RegisteredDriver driver) {
                return device.name().equals("u");
              }
            });
    Device device = core.add(DeviceSpec.named("u").on(manual));
    core.add(DeviceSpec.named("v").on(manual));
    RegisteredDriver mtty = manual.registerDriver(logging("mtty"), null);

    host.write("/sys/bus/manual/drivers/mtty/bind", "u");

    assertThat(device.driver()).isSameAs(mtty);
    assertRefused(Errno.ENODEV, () -> host.write("/sys/bus/manual/drivers/mtty/bind", "v"));
  }

  @Test
  void autoprobeCanBeTurnedOff() {
    assertThat(host.read("/sys/bus/mdev/drivers_autoprobe")).isEqualTo("1\n");
    host.write("/sys/bus/mdev/drivers_autoprobe", "0\n");
    assertThat(host.read("/sys/bus/mdev/drivers_autoprobe")).isEqualTo("0\n");

    Device device = core.add(DeviceSpec.named("u").on(bus));
    RegisteredDriver mtty = bus.registerDriver(logging("mtty"), null);
    assertThat(log).isEmpty();
    host.write("/sys/bus/mdev/drivers_probe", "u\n");

    assertThat(device.driver()).isSameAs(mtty);
    host.write("/sys/bus/mdev/drivers_autoprobe", "1");
    assertThat(core.add(DeviceSpec.named("v").on(bus)).driver()).isSameAs(mtty);
  }

  @Test
  void aProbeThatRefusesLeavesEverythingAsItWas() {
    host.write("/sys/bus/mdev/drivers_autoprobe", "0");
    Device device = core.add(DeviceSpec.named("u").on(bus));
    RegisteredDriver mtty =
        bus.registerDriver(
            TestBus.driver(
                "mtty",
                (found, scope) -> {
                  scope.onClose(() -> log.add("scope closed"));
                  throw new ErrnoException(Errno.ENOSPC, "no ports left");
                },
                gone -> log.add("remove")),
            null);
    host.forgetEvents();

    assertRefused(Errno.ENOSPC, () -> bus.attach(device, mtty)).hasMessage("no ports left");
    assertRefused(Errno.ENOSPC, () -> host.write(DRIVER + "/bind", "u"));
    host.write("/sys/bus/mdev/drivers_probe", "u");

    assertThat(log).containsExactly("scope closed", "scope closed", "scope closed");
    assertUnbound(device);
    assertThat(host.events()).isEmpty();
  }

  @Test
  void aDeviceWhoseProbeFailsStaysOnTheBusAndIsOfferedOn() {
    bus.registerDriver(
        TestBus.driver(
            "breaks",
            (device, scope) -> {
              throw new IllegalStateException("bug");
            },
            device -> {}),
        null);
    RegisteredDriver mtty = bus.registerDriver(logging("mtty"), null);

    Device device = core.add(DeviceSpec.named("u").on(bus));

    assertThat(device.driver()).isSameAs(mtty);
    assertThat(host.list("/sys/bus/mdev/drivers/breaks"))
        .containsExactly("bind 200", "uevent 200", "unbind 200");
  }

  @Test
  void aProbeThatBreaksIsEio() {
    Device device = core.add(DeviceSpec.named("u").on(bus));
    List<Throwable> failures =
        List.of(
            new IllegalStateException("bug"), new AssertionError("bug"), new LinkageError("bug"));
    for (Throwable failure : failures) {
      RegisteredDriver mtty =
          bus.registerDriver(
              TestBus.driver(
                  "mtty",
                  (found, scope) -> {
                    scope.onClose(() -> log.add("scope closed"));
                    throw BusTest.<RuntimeException>sneaky(failure);
                  },
                  gone -> log.add("remove")),
              null);
      log.clear();

      assertRefused(Errno.EIO, () -> bus.attach(device, mtty)).hasMessageContaining("bug");

      assertThat(log).containsExactly("scope closed");
      assertUnbound(device);
      bus.unregisterDriver(mtty);
    }
  }

  @SuppressWarnings("unchecked")
  private static <T extends Throwable> T sneaky(Throwable failure) throws T {
    throw (T) failure;
  }

  @Test
  void aProbeThatWantsToBeAskedLaterIsEagain() {
    Device device = core.add(DeviceSpec.named("u").on(bus));
    AtomicInteger probes = new AtomicInteger();
    bus.registerDriver(
        TestBus.driver(
            "mtty",
            (found, scope) -> {
              if (probes.incrementAndGet() < 3) {
                throw new ErrnoException(Errno.EPROBE_DEFER, "the clock is not there yet");
              }
              return List.of();
            },
            gone -> {}),
        null);
    assertUnbound(device);

    assertRefused(Errno.EAGAIN, () -> host.write(DRIVER + "/bind", "u"))
        .hasMessageContaining("the clock is not there yet");
    assertUnbound(device);

    host.write(DRIVER + "/bind", "u");
    assertThat(probes).hasValue(3);
    assertThat(device.driver()).isNotNull();
  }

  @Test
  void aGroupThatCanNotBeAddedUndoesTheProbe() {
    host.write("/sys/bus/mdev/drivers_autoprobe", "0");
    Device device =
        core.add(
            DeviceSpec.named("u")
                .on(bus)
                .with(AttributeGroup.of("taken", Attribute.readOnly("x", () -> 1))));
    RegisteredDriver mtty =
        bus.registerDriver(
            logging(
                "mtty",
                AttributeGroup.of("vendor", Attribute.readOnly("v", () -> 1)),
                AttributeGroup.of("taken", Attribute.readOnly("v", () -> 1))),
            null);
    host.forgetEvents();

    assertRefused(Errno.EEXIST, () -> bus.attach(device, mtty));

    assertThat(log).containsExactly("probe u", "remove u", "scope closed");
    assertThat(host.list(DEVICE)).containsExactly("subsystem 777", "taken 755", "uevent 644");
    assertThat(host.read(DEVICE + "/taken/x")).isEqualTo("1\n");
    assertUnbound(device);
    assertThat(host.events()).isEmpty();
  }

  @Test
  void aRemoveThatBreaksAfterAFailedGroupStillLeavesItUnbound() {
    host.write("/sys/bus/mdev/drivers_autoprobe", "0");
    Device device = core.add(DeviceSpec.named("u").on(bus));
    RegisteredDriver mtty =
        bus.registerDriver(
            TestBus.driver(
                "mtty",
                (found, scope) -> {
                  scope.onClose(() -> log.add("scope closed"));
                  return List.of(AttributeGroup.of("", Attribute.readOnly("uevent", () -> 1)));
                },
                gone -> {
                  throw new IllegalStateException("bug in remove");
                }),
            null);

    assertRefused(Errno.EEXIST, () -> bus.attach(device, mtty));

    assertThat(log).containsExactly("scope closed");
    assertUnbound(device);
  }

  @ParameterizedTest
  @ValueSource(strings = {"bind", "driver-link"})
  void aLinkThatCanNotBeMadeRefusesTheDriver(String clash) {
    host.write("/sys/bus/mdev/drivers_autoprobe", "0");
    boolean inDriver = clash.equals("bind");
    DeviceSpec spec = DeviceSpec.named(inDriver ? "bind" : "u").on(bus);
    if (!inDriver) {
      spec.with(AttributeGroup.of("", Attribute.readOnly("driver", () -> "own")));
    }
    Device device = core.add(spec);
    RegisteredDriver mtty = bus.registerDriver(logging("mtty"), null);

    assertRefused(Errno.EEXIST, () -> bus.attach(device, mtty));

    assertThat(log).isEmpty();
    assertThat(device.driver()).isNull();
    assertThat(host.list(DRIVER)).containsExactly("bind 200", "uevent 200", "unbind 200");
    assertThat(host.exists("/sys/devices/u/driver")).isEqualTo(!inDriver);
  }

  @Test
  void aRemoveThatBreaksLetsTheDeviceGoAnyway() {
    Device device = core.add(DeviceSpec.named("u").on(bus));
    for (Throwable failure : List.of(new IllegalStateException("bug"), new AssertionError("bug"))) {
      RegisteredDriver mtty =
          bus.registerDriver(
              TestBus.driver(
                  "mtty",
                  (found, scope) -> {
                    scope.onClose(() -> log.add("scope closed"));
                    return List.of();
                  },
                  gone -> {
                    throw BusTest.<RuntimeException>sneaky(failure);
                  }),
              null);
      log.clear();
      host.forgetEvents();

      host.failures.clear();

      assertThat(bus.detach(device, mtty)).isTrue();

      assertThat(log).containsExactly("scope closed");
      assertThat(host.failures).containsExactly("remove of u: " + failure.getMessage());
      assertThat(host.events()).containsExactly("unbind@/devices/u SUBSYSTEM=mdev");
      assertUnbound(device);
      assertThat(bus.detach(device, mtty)).isFalse();
      bus.unregisterDriver(mtty);
    }
  }

  @Test
  void theDriverIsKnownWhileItProbes() {
    AtomicReference<String> during = new AtomicReference<>();
    bus.registerDriver(
        TestBus.driver(
            "mtty",
            (device, scope) -> {
              during.set(device + " " + host.read(DEVICE + "/uevent"));
              return List.of();
            },
            device -> {}),
        null);

    core.add(DeviceSpec.named("u").on(bus));

    assertThat(during).hasValue("mtty u DRIVER=mtty\n");
  }

  @Test
  void whileAnUnbindIsBlockedTheUeventFileBlocksToo() {
    Device device = core.add(DeviceSpec.named("u").on(bus));
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    bus.registerDriver(
        TestBus.driver(
            "mtty",
            (found, scope) -> List.of(),
            gone -> {
              inside.countDown();
              pass(release);
            }),
        null);
    Background<Void> unbind = Background.run(() -> host.write(DRIVER + "/unbind", "u"));
    pass(inside);

    Background<String> reader = Background.call(() -> host.read(DEVICE + "/uevent")).awaitBlocked();
    Background<Void> remover = Background.run(() -> core.remove(device)).awaitBlocked();

    assertThat(host.exists("/sys/bus/mdev/devices/u")).as("not removed yet").isTrue();
    assertThat(unbind.isDone()).isFalse();
    release.countDown();
    unbind.join();
    assertThat(reader.join()).isEmpty();
    remover.join();
    assertThat(host.exists(DEVICE)).isFalse();
  }

  @Test
  void oneBlockedDeviceDelaysNoOther() {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    bus.registerDriver(
        TestBus.driver(
            "mtty",
            (device, scope) -> {
              if (device.name().equals("slow")) {
                inside.countDown();
                pass(release);
              }
              return List.of();
            },
            device -> {}),
        null);
    Background<Device> slow = Background.call(() -> core.add(DeviceSpec.named("slow").on(bus)));
    pass(inside);

    Device quick = core.add(DeviceSpec.named("quick").on(bus));

    assertThat(quick.driver()).isNotNull();
    core.remove(quick);
    assertThat(slow.isDone()).isFalse();
    release.countDown();
    assertThat(slow.join().driver()).isNotNull();
  }

  @Test
  void aDeviceThatIsRemovedIsNotBoundAgain() {
    Device device = core.add(DeviceSpec.named("u").on(bus));
    RegisteredDriver mtty = bus.registerDriver(logging("mtty"), null);

    core.remove(device);

    assertRefused(Errno.ENODEV, () -> bus.attach(device, mtty));
    assertThat(log).containsExactly("probe u", "remove u", "scope closed");
  }

  @Test
  void unregisteringADriverWaitsForADeviceThatIsBeingRemoved() {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    RegisteredDriver mtty =
        bus.registerDriver(
            TestBus.driver(
                "mtty",
                (device, scope) -> {
                  scope.onClose(() -> log.add("scope closed"));
                  return List.of();
                },
                device -> {
                  inside.countDown();
                  pass(release);
                }),
            null);
    Device device = core.add(DeviceSpec.named("u").on(bus));
    Background<Void> remover = Background.run(() -> core.remove(device));
    pass(inside);

    Background<Void> unregister =
        Background.run(
                () -> {
                  bus.unregisterDriver(mtty);
                  log.add("unregistered");
                })
            .awaitBlocked();

    assertThat(log).isEmpty();
    release.countDown();
    unregister.join();
    remover.join();
    assertThat(log).containsExactly("scope closed", "unregistered");
  }

  @Test
  void aNameIsTakenUntilItsDriverHasGone() {
    core.add(DeviceSpec.named("u").on(bus));
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    RegisteredDriver mtty =
        bus.registerDriver(
            TestBus.driver(
                "mtty",
                (device, scope) -> List.of(),
                device -> {
                  inside.countDown();
                  pass(release);
                }),
            null);
    Background<Void> unregister = Background.run(() -> bus.unregisterDriver(mtty));
    pass(inside);

    assertRefused(Errno.EBUSY, () -> bus.registerDriver(logging("mtty"), null));
    Device late = core.add(DeviceSpec.named("late").on(bus));

    assertThat(late.driver()).as("driver of a device that comes too late").isNull();
    release.countDown();
    unregister.join();
    bus.registerDriver(logging("mtty"), null);
    assertThat(late.driver()).isNotNull();
  }

  @RepeatedTest(100)
  void noDeviceIsBoundToADriverThatHasGone() {
    RegisteredDriver mtty = bus.registerDriver(logging("mtty"), null);
    CountDownLatch go = new CountDownLatch(1);
    List<Background<Device>> adders = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      String name = "u" + i;
      adders.add(
          Background.call(
              () -> {
                pass(go);
                return core.add(DeviceSpec.named(name).on(bus));
              }));
    }
    go.countDown();

    bus.unregisterDriver(mtty);
    log.add("unregistered");

    for (Background<Device> adder : adders) {
      assertThat(adder.join().driver()).isNull();
    }
    assertThat(log).endsWith("unregistered");
    assertThat(host.exists(DRIVER)).isFalse();
  }

  @RepeatedTest(30)
  void ofTwoWhoBindOneDeviceOneDoes() {
    host.write("/sys/bus/mdev/drivers_autoprobe", "0");
    core.add(DeviceSpec.named("u").on(bus));
    bus.registerDriver(logging("mtty"), null);
    bus.registerDriver(logging("mdpy"), null);
    CountDownLatch go = new CountDownLatch(1);
    AtomicInteger bound = new AtomicInteger();
    List<Background<Void>> binders = new ArrayList<>();
    for (String driver : List.of("mtty", "mdpy")) {
      binders.add(
          Background.run(
              () -> {
                pass(go);
                try {
                  host.write("/sys/bus/mdev/drivers/" + driver + "/bind", "u");
                  bound.incrementAndGet();
                } catch (ErrnoException refusal) {
                  assertThat(refusal.errno()).isEqualTo(Errno.EBUSY);
                }
              }));
    }
    go.countDown();

    binders.forEach(Background::join);

    assertThat(bound).hasValue(1);
    assertThat(log).containsExactly("probe u");
  }
}
