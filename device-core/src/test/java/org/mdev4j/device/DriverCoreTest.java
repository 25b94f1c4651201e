package org.mdev4j.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mdev4j.device.Background.pass;
import static org.mdev4j.device.errno.Refusals.assertRefused;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.Uevent.Action;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.device.sysfs.AttributeGroup;
import org.mdev4j.device.sysfs.OpenMode;
import org.mdev4j.device.sysfs.SysfsDeviceNode;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.device.sysfs.SysfsFile;
import org.mdev4j.device.sysfs.SysfsTree;

class DriverCoreTest {
  private static final String UUID = "83b8f4f2-509f-382f-3c1e-e6bfe0fa1001";
  private static final String PARENT = "/sys/devices/virtual/mtty/mtty";
  private static final String U = PARENT + "/" + UUID;

  private final TestBus host = new TestBus();
  private final DriverCore core = host.core;

  @Test
  void aFreshTreeHasThePlacesThatEverythingGoesTo() {
    assertThat(host.list("/sys")).containsExactly("bus 755", "class 755", "devices 755");
    assertThat(host.list("/sys/devices")).containsExactly("virtual 755");
    assertThat(host.list("/sys/class")).containsExactly("misc 755");
    assertThat(host.list("/dev")).isEmpty();
  }

  @Test
  void aDeviceWithoutBusOrClassIsBelowDevicesOrItsParent() {
    Device css0 = core.add(DeviceSpec.named("css0"));
    Device child = core.add(DeviceSpec.named("0.0.0001").below(css0));

    assertThat(css0.directory().path()).isEqualTo("/sys/devices/css0");
    assertThat(child.directory().path()).isEqualTo("/sys/devices/css0/0.0.0001");
    assertThat(child.devpath()).isEqualTo("/devices/css0/0.0.0001");
    assertThat(child.parent()).isSameAs(css0);
    assertThat(host.list("/sys/devices/css0/0.0.0001")).containsExactly("uevent 644");
    assertThat(host.events())
        .containsExactly("add@/devices/css0 SUBSYSTEM=", "add@/devices/css0/0.0.0001 SUBSYSTEM=");
  }

  @Test
  void theTreeOfAMediatedDevice() {
    Bus mdev = host.bus("mdev");
    DeviceClass mttyClass = core.registerClass("mtty");
    DeviceClass vfioDev = core.declareClass("vfio-dev");
    Driver driver =
        TestBus.driver(
            "mtty",
            (device, scope) -> {
              core.add(DeviceSpec.named("vfio0").below(device).in(vfioDev), scope);
              return List.of(
                  AttributeGroup.of("vendor", Attribute.readOnly("sample_mdev_dev", () -> "x")));
            },
            device -> {});
    RegisteredDriver mtty = mdev.registerDriver(driver, null);
    Device parent = core.add(DeviceSpec.named("mtty").in(mttyClass));

    Device device = core.add(DeviceSpec.named(UUID).below(parent).on(mdev));

    assertThat(device.directory().path()).isEqualTo(U);
    assertThat(host.list(U))
        .containsExactly("driver 777", "subsystem 777", "uevent 644", "vendor 755", "vfio-dev 755");
    assertThat(host.list(U + "/vfio-dev/vfio0"))
        .containsExactly("device 777", "subsystem 777", "uevent 644");
    assertThat(host.link(U + "/subsystem")).isEqualTo("../../../../../bus/mdev");
    assertThat(host.link(U + "/driver")).isEqualTo("../../../../../bus/mdev/drivers/mtty");
    assertThat(host.link(U + "/vfio-dev/vfio0/device")).isEqualTo("../../../" + UUID);
    assertThat(host.link("/sys/bus/mdev/devices/" + UUID))
        .isEqualTo("../../../devices/virtual/mtty/mtty/" + UUID);
    assertThat(host.link("/sys/bus/mdev/drivers/mtty/" + UUID))
        .isEqualTo("../../../../devices/virtual/mtty/mtty/" + UUID);
    assertThat(host.link("/sys/class/vfio-dev/vfio0"))
        .isEqualTo("../../devices/virtual/mtty/mtty/" + UUID + "/vfio-dev/vfio0");
    assertThat(host.link("/sys/class/mtty/mtty")).isEqualTo("../../devices/virtual/mtty/mtty");
    assertThat(host.link(PARENT + "/subsystem")).isEqualTo("../../../../class/mtty");
    assertThat(host.list("/sys/bus/mdev"))
        .containsExactly(
            "devices 755",
            "drivers 755",
            "drivers_autoprobe 644",
            "drivers_probe 200",
            "uevent 200");
    assertThat(host.list("/sys/bus/mdev/drivers/mtty"))
        .containsExactly(UUID + " 777", "bind 200", "uevent 200", "unbind 200");
    assertThat(host.read(U + "/uevent")).isEqualTo("DRIVER=mtty\n");
    assertThat(device.driver()).isSameAs(mtty);

    core.remove(device);

    assertThat(host.exists(U)).isFalse();
    assertThat(host.list("/sys/bus/mdev/devices")).isEmpty();
    assertThat(host.list("/sys/bus/mdev/drivers/mtty"))
        .containsExactly("bind 200", "uevent 200", "unbind 200");
    assertThat(host.list("/sys/class/vfio-dev")).isEmpty();
    assertThat(host.list(PARENT)).containsExactly("subsystem 777", "uevent 644");
    assertThat(host.events())
        .containsExactly(
            "add@/class/mtty SUBSYSTEM=class",
            "add@/bus/mdev/drivers/mtty SUBSYSTEM=drivers",
            "add@/devices/virtual/mtty/mtty SUBSYSTEM=mtty",
            "add@/devices/virtual/mtty/mtty/" + UUID + " SUBSYSTEM=mdev",
            "add@/class/vfio-dev SUBSYSTEM=class",
            "add@/devices/virtual/mtty/mtty/" + UUID + "/vfio-dev/vfio0 SUBSYSTEM=vfio-dev",
            "bind@/devices/virtual/mtty/mtty/" + UUID + " SUBSYSTEM=mdev DRIVER=mtty",
            "remove@/devices/virtual/mtty/mtty/" + UUID + "/vfio-dev/vfio0 SUBSYSTEM=vfio-dev",
            "unbind@/devices/virtual/mtty/mtty/" + UUID + " SUBSYSTEM=mdev",
            "remove@/devices/virtual/mtty/mtty/" + UUID + " SUBSYSTEM=mdev");
  }

  @Test
  void powerFilesAreThereOnMachinesWithPowerManagementOnly() {
    assertThat(host.exists(core.add(DeviceSpec.named("a")).directory().path() + "/power"))
        .isFalse();
    TestBus pm = new TestBus(true);

    Device device = pm.core.add(DeviceSpec.named("a"));

    assertThat(pm.list("/sys/devices/a")).containsExactly("power 755", "uevent 644");
    assertThat(pm.list("/sys/devices/a/power"))
        .containsExactly(
            "control 644",
            "runtime_active_time 444",
            "runtime_status 444",
            "runtime_suspended_time 444");
    assertThat(pm.read("/sys/devices/a/power/control")).isEqualTo("auto\n");
    pm.core.remove(device);
    assertThat(pm.exists("/sys/devices/a")).isFalse();
  }

  @Test
  void aNumberedDeviceHasANodeAndAnnouncesIt() {
    DeviceClass vfio = core.registerClass("vfio");
    host.forgetEvents();

    Device device =
        core.add(DeviceSpec.named("0").in(vfio).numbered(new DeviceNumber(243, 7, "vfio/0", 0600)));
    Device open =
        core.add(
            DeviceSpec.named("vfio")
                .in(core.misc())
                .numbered(new DeviceNumber(10, 196, "vfio/vfio", 0666))
                .announcing(() -> List.of("MORE=1")));

    assertThat(host.read("/sys/class/vfio/0/dev")).isEqualTo("243:7\n");
    assertThat(host.list("/dev/vfio")).containsExactly("0 600", "vfio 666");
    assertThat(host.tree.resolve("/dev/vfio/0"))
        .isInstanceOfSatisfying(
            SysfsDeviceNode.class,
            node -> {
              assertThat(node.major()).isEqualTo(243);
              assertThat(node.minor()).isEqualTo(7);
            });
    assertThat(host.read("/sys/class/vfio/0/uevent"))
        .isEqualTo("MAJOR=243\nMINOR=7\nDEVNAME=vfio/0\n");

    core.remove(device);
    assertThat(host.list("/dev/vfio")).containsExactly("vfio 666");
    core.remove(open);

    assertThat(host.list("/dev")).isEmpty();
    assertThat(host.events())
        .containsExactly(
            "add@/devices/virtual/vfio/0 SUBSYSTEM=vfio MAJOR=243 MINOR=7 DEVNAME=vfio/0",
            "add@/devices/virtual/misc/vfio SUBSYSTEM=misc"
                + " MAJOR=10 MINOR=196 DEVNAME=vfio/vfio DEVMODE=0666 MORE=1",
            "remove@/devices/virtual/vfio/0 SUBSYSTEM=vfio MAJOR=243 MINOR=7 DEVNAME=vfio/0",
            "remove@/devices/virtual/misc/vfio SUBSYSTEM=misc"
                + " MAJOR=10 MINOR=196 DEVNAME=vfio/vfio DEVMODE=0666 MORE=1");
  }

  @Test
  void aNodeCanBeDirectlyBelowDev() {
    Device device =
        core.add(
            DeviceSpec.named("kvm")
                .in(core.misc())
                .numbered(new DeviceNumber(10, 232, "kvm", 0600)));
    assertThat(host.list("/dev")).containsExactly("kvm 600");

    core.remove(device);

    assertThat(host.list("/dev")).isEmpty();
  }

  @Test
  void ofADeviceWhoseNodeIsTakenNothingStaysAndTheOtherKeepsIts() {
    DeviceNumber number = new DeviceNumber(10, 196, "vfio/vfio", 0600);
    core.add(DeviceSpec.named("first").in(core.misc()).numbered(number));
    host.forgetEvents();

    assertRefused(
        Errno.EEXIST, () -> core.add(DeviceSpec.named("second").in(core.misc()).numbered(number)));

    assertThat(host.list("/dev/vfio")).containsExactly("vfio 600");
    assertThat(host.list("/sys/class/misc")).containsExactly("first 777");
    assertThat(host.list("/sys/devices/virtual/misc")).containsExactly("first 755");
    assertThat(host.events()).isEmpty();
  }

  @Test
  void theEnvironmentHasNumberThenDriverThenBusThenDevice() {
    Bus bus = host.bus("css", (device, driver) -> true, device -> List.of("MODALIAS=css:t0"));
    bus.registerDriver(TestBus.driver("io_subchannel"), null);
    host.forgetEvents();

    Device device =
        core.add(
            DeviceSpec.named("0.0.0001")
                .on(bus)
                .numbered(new DeviceNumber(1, 2, "sch", 0600))
                .announcing(() -> List.of("OWN=1")));

    String number = "MAJOR=1 MINOR=2 DEVNAME=sch";
    assertThat(host.events())
        .containsExactly(
            "add@/devices/0.0.0001 SUBSYSTEM=css " + number + " MODALIAS=css:t0 OWN=1",
            "bind@/devices/0.0.0001 SUBSYSTEM=css "
                + number
                + " DRIVER=io_subchannel MODALIAS=css:t0 OWN=1");
    assertThat(host.read("/sys/devices/0.0.0001/uevent"))
        .isEqualTo("MAJOR=1\nMINOR=2\nDEVNAME=sch\nDRIVER=io_subchannel\nMODALIAS=css:t0\nOWN=1\n");

    core.remove(device);

    assertThat(host.events())
        .containsExactly(
            "unbind@/devices/0.0.0001 SUBSYSTEM=css " + number + " OWN=1",
            "remove@/devices/0.0.0001 SUBSYSTEM=css " + number + " MODALIAS=css:t0 OWN=1");
  }

  @Test
  void eventsCanBeSentAgainThroughTheUeventFile() {
    Bus bus = host.bus("mdev");
    bus.registerDriver(TestBus.driver("mtty"), null);
    core.add(DeviceSpec.named("u").on(bus));
    host.forgetEvents();

    host.write("/sys/devices/u/uevent", "add");
    host.write("/sys/devices/u/uevent", "change " + UUID + " A=1\n");
    assertRefused(Errno.EINVAL, () -> host.write("/sys/devices/u/uevent", "bogus"));
    host.write("/sys/bus/mdev/uevent", "change");
    host.write("/sys/bus/mdev/drivers/mtty/uevent", "add");

    assertThat(host.events())
        .containsExactly(
            "add@/devices/u SUBSYSTEM=mdev SYNTH_UUID=0 DRIVER=mtty",
            "change@/devices/u SUBSYSTEM=mdev SYNTH_UUID=" + UUID + " SYNTH_ARG_A=1 DRIVER=mtty",
            "change@/bus/mdev SUBSYSTEM=bus SYNTH_UUID=0",
            "add@/bus/mdev/drivers/mtty SUBSYSTEM=drivers SYNTH_UUID=0");
  }

  @Test
  void aDeviceCanBeAnnouncedWithVariables() {
    Device device = core.add(DeviceSpec.named("mtty").announcing(() -> List.of("OWN=1")));
    host.forgetEvents();

    device.emit(Action.CHANGE, "MDEV_STATE=registered");

    assertThat(host.events())
        .containsExactly("change@/devices/mtty SUBSYSTEM= MDEV_STATE=registered OWN=1");
  }

  @Test
  void linksAndAttributesAreThereBeforeTheEventAndGroupsAppearWithTheDevice() {
    Bus bus = host.bus("mdev");
    SysfsDirectory index = SysfsTree.makeDirectories(host.tree.sys(), "index");
    List<String> seen = new ArrayList<>();
    bus.registerDriver(
        TestBus.driver(
            "watcher",
            (device, scope) -> {
              // The driver is asked after the add event; all this is older than either.
              seen.addAll(host.list("/sys/devices/u"));
              seen.add(host.link("/sys/index/u"));
              seen.addAll(host.events());
              return List.of();
            },
            device -> {}),
        null);
    host.forgetEvents();

    core.add(
        DeviceSpec.named("u")
            .on(bus)
            .with(AttributeGroup.of("", Attribute.readOnly("own", () -> 1)))
            .with(AttributeGroup.of("sub", Attribute.readOnly("other", () -> 1)))
            .linkedTo(index, "home")
            .listedIn(index));

    assertThat(seen)
        .containsExactly(
            "driver 777",
            "home 777",
            "own 444",
            "sub 755",
            "subsystem 777",
            "uevent 644",
            "../devices/u",
            "add@/devices/u SUBSYSTEM=mdev");
  }

  @Test
  void removalGoesLinksAttributesDriverEventDirectory() {
    Bus bus = host.bus("mdev");
    SysfsDirectory index = SysfsTree.makeDirectories(host.tree.sys(), "index");
    List<String> atRemove = new ArrayList<>();
    bus.registerDriver(
        TestBus.driver(
            "mtty",
            (device, scope) ->
                List.of(AttributeGroup.of("vendor", Attribute.readOnly("v", () -> 1))),
            device -> {
              atRemove.addAll(host.list("/sys/devices/u"));
              atRemove.addAll(host.list("/sys/index"));
              atRemove.addAll(host.list("/sys/bus/mdev/devices"));
              atRemove.addAll(host.events());
              assertThat(device.driver()).isNotNull();
            }),
        null);
    Device device =
        core.add(
            DeviceSpec.named("u")
                .on(bus)
                .with(AttributeGroup.of("", Attribute.readOnly("own", () -> 1)))
                .numbered(new DeviceNumber(1, 2, "u", 0600))
                .linkedTo(index, "home")
                .listedIn(index));
    device.directory().addDirectory("left-by-others");
    host.forgetEvents();

    core.remove(device);

    assertThat(atRemove).containsExactly("left-by-others 755");
    assertThat(host.exists("/sys/devices/u")).isFalse();
    assertThat(host.exists("/dev/u")).isFalse();
    assertThat(host.events())
        .containsExactly(
            "unbind@/devices/u SUBSYSTEM=mdev MAJOR=1 MINOR=2 DEVNAME=u",
            "remove@/devices/u SUBSYSTEM=mdev MAJOR=1 MINOR=2 DEVNAME=u");
  }

  @Test
  void aSecondRemovalDoesNothing() {
    DeviceClass mtty = core.registerClass("mtty");
    Scope scope = new Scope("module mtty");
    Device first = core.add(DeviceSpec.named("first").in(mtty), scope);
    core.add(DeviceSpec.named("second").in(mtty));
    host.forgetEvents();

    core.remove(first);
    scope.close();

    assertThat(host.events()).containsExactly("remove@/devices/virtual/mtty/first SUBSYSTEM=mtty");
    assertThat(host.list("/sys/devices/virtual/mtty")).containsExactly("second 755");
  }

  @Test
  void closingTheScopeRemovesTheDevice() {
    Scope scope = new Scope("module mtty");
    core.add(DeviceSpec.named("u"), scope);

    scope.close();

    assertThat(host.exists("/sys/devices/u")).isFalse();
  }

  @Test
  void aTakenNameIsEexistAndNothingIsLeft() {
    Bus bus = host.bus("mdev");
    DeviceClass mtty = core.registerClass("mtty");
    Device one = core.add(DeviceSpec.named("one"));
    Device two = core.add(DeviceSpec.named("two"));
    Device onBus = core.add(DeviceSpec.named("u").below(one).on(bus));
    Device inClass = core.add(DeviceSpec.named("c").below(one).in(mtty));
    host.forgetEvents();

    assertRefused(Errno.EEXIST, () -> core.add(DeviceSpec.named("one")));
    assertRefused(Errno.EEXIST, () -> core.add(DeviceSpec.named("u").below(one).on(bus)));
    assertRefused(Errno.EEXIST, () -> core.add(DeviceSpec.named("u").below(two).on(bus)));
    assertRefused(Errno.EEXIST, () -> core.add(DeviceSpec.named("c").below(two).in(mtty)));
    assertRefused(
        Errno.EEXIST, () -> core.add(DeviceSpec.named("c").in(mtty).listedIn(bus.directory())));

    assertThat(host.events()).isEmpty();
    assertThat(host.list("/sys/devices/two")).containsExactly("uevent 644");
    assertThat(host.list("/sys/devices/virtual")).isEmpty();
    assertThat(host.tree.resolve("/sys/bus/mdev/devices/u")).isSameAs(onBus.directory());
    assertThat(host.tree.resolve("/sys/class/mtty/c")).isSameAs(inClass.directory());
    assertThat(bus.devices()).containsExactly(onBus);
    assertThat(host.list("/sys/devices/one/u")).containsExactly("subsystem 777", "uevent 644");
  }

  @Test
  void belowARemovedParentNothingIsAdded() {
    DeviceClass mtty = core.registerClass("mtty");
    Device parent = core.add(DeviceSpec.named("parent"));
    core.remove(parent);
    host.forgetEvents();

    assertRefused(Errno.ENOENT, () -> core.add(DeviceSpec.named("u").below(parent)));
    assertRefused(Errno.ENOENT, () -> core.add(DeviceSpec.named("u").below(parent).in(mtty)));

    assertThat(host.events()).isEmpty();
    assertThat(host.list("/sys/class/mtty")).isEmpty();
  }

  @Test
  void anAttributeThatClashesWithAnotherIsRefused() {
    assertRefused(
        Errno.EEXIST,
        () ->
            core.add(
                DeviceSpec.named("u")
                    .with(AttributeGroup.of("", Attribute.readOnly("uevent", () -> 1)))));

    assertThat(host.exists("/sys/devices/u")).isFalse();
  }

  @Test
  void aDeviceStandsForAnObject() {
    Device device = core.add(DeviceSpec.named("u").carrying("the object"));
    Device empty = core.add(DeviceSpec.named("e"));

    assertThat(device.payload(String.class)).isEqualTo("the object");
    assertThat(device.payloadIf(String.class)).isEqualTo("the object");
    assertThat(device.payloadIf(Integer.class)).isNull();
    assertThat(empty.payloadIf(String.class)).isNull();
    assertThatThrownBy(() -> device.payload(Integer.class)).isInstanceOf(ClassCastException.class);
    assertThatThrownBy(() -> empty.payload(String.class))
        .isInstanceOf(NullPointerException.class)
        .hasMessageContaining("e stands for nothing");
  }

  @Test
  void aDeviceIsNamedAsTheDriverCoreNamesIt() {
    Bus bus = host.bus("mdev");
    Device unbound = core.add(DeviceSpec.named("u").on(bus));
    assertThat(unbound.driverString()).isEqualTo("mdev");
    assertThat(unbound).hasToString("mdev u");

    bus.registerDriver(TestBus.driver("mtty"), null);

    assertThat(unbound.driverString()).isEqualTo("mtty");
    assertThat(core.add(DeviceSpec.named("c").in(core.misc()))).hasToString("misc c");
    assertThat(core.add(DeviceSpec.named("n"))).hasToString("n");
  }

  @Test
  void aDeviceIsOnABusOrInAClass() {
    Bus bus = host.bus("mdev");

    assertThatThrownBy(() -> DeviceSpec.named("u").on(bus).in(core.misc()))
        .isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> DeviceSpec.named("u").in(core.misc()).on(bus))
        .isInstanceOf(IllegalStateException.class);
  }

  @Test
  void removingADeviceWaitsForAStoreOfItsAttributes() {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    Device device =
        core.add(
            DeviceSpec.named("u")
                .with(
                    AttributeGroup.of(
                        "",
                        Attribute.writeOnly(
                            "slow",
                            text -> {
                              inside.countDown();
                              pass(release);
                            }))));
    SysfsFile old = host.tree.open("/sys/devices/u/uevent", OpenMode.READ);
    host.forgetEvents();
    Background<Void> writer = Background.run(() -> host.write("/sys/devices/u/slow", "1"));
    pass(inside);

    Background<Void> remover = Background.run(() -> core.remove(device)).awaitBlocked();

    assertThat(host.events()).isEmpty();
    assertRefused(Errno.ENODEV, () -> old.read(0, 10));
    release.countDown();
    remover.join();
    writer.join();
    assertThat(host.events()).containsExactly("remove@/devices/u SUBSYSTEM=");
  }
}
