package org.mdev4j.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.device.Background.pass;
import static org.mdev4j.device.errno.Refusals.assertRefused;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;

class DeviceClassTest {
  private final TestBus host = new TestBus();
  private final DriverCore core = host.core;

  @Test
  void aRegisteredClassIsThereAtOnceAndGoesWhenItIsClosed() {
    DeviceClass mtty = core.registerClass("mtty");
    assertThat(host.list("/sys/class")).containsExactly("misc 755", "mtty 755");

    mtty.close();
    mtty.close();

    assertThat(host.list("/sys/class")).containsExactly("misc 755");
    assertThat(host.events())
        .containsExactly("add@/class/mtty SUBSYSTEM=class", "remove@/class/mtty SUBSYSTEM=class");
  }

  @Test
  void aDeclaredClassAppearsWithItsFirstDeviceAndStaysUntilItIsClosed() {
    DeviceClass mdevBus = core.declareClass("mdev_bus");
    assertThat(host.exists("/sys/class/mdev_bus")).isFalse();

    Device device = core.add(DeviceSpec.named("mtty").in(mdevBus));
    core.remove(device);

    assertThat(host.list("/sys/class/mdev_bus")).isEmpty();
    mdevBus.close();
    assertThat(host.exists("/sys/class/mdev_bus")).isFalse();
    assertThat(host.events())
        .containsExactly(
            "add@/class/mdev_bus SUBSYSTEM=class",
            "add@/devices/virtual/mdev_bus/mtty SUBSYSTEM=mdev_bus",
            "remove@/devices/virtual/mdev_bus/mtty SUBSYSTEM=mdev_bus",
            "remove@/class/mdev_bus SUBSYSTEM=class");
  }

  @Test
  void aDeclaredClassWithoutDevicesGoesSilently() {
    core.declareClass("mdev_bus").close();

    assertThat(host.events()).isEmpty();
  }

  @Test
  void twoClassesOfOneNameAreNotPossible() {
    core.registerClass("mtty");

    assertRefused(Errno.EEXIST, () -> core.registerClass("mtty"));
  }

  @Test
  void theDirectoryOfVirtualDevicesVanishesWithTheLast() {
    DeviceClass mtty = core.registerClass("mtty");
    assertThat(host.exists("/sys/devices/virtual/mtty")).isFalse();
    Device one = core.add(DeviceSpec.named("one").in(mtty));
    Device two = core.add(DeviceSpec.named("two").in(mtty));

    core.remove(one);
    assertThat(host.list("/sys/devices/virtual/mtty")).containsExactly("two 755");
    core.remove(two);

    assertThat(host.list("/sys/devices/virtual")).isEmpty();
    core.add(DeviceSpec.named("three").in(mtty));
    assertThat(host.list("/sys/devices/virtual/mtty")).containsExactly("three 755");
  }

  @Test
  void aGlueDirectoryVanishesWithTheLastChildOfItsClass() {
    DeviceClass vfioDev = core.registerClass("vfio-dev");
    DeviceClass other = core.registerClass("other");
    Device parent = core.add(DeviceSpec.named("u"));
    Device one = core.add(DeviceSpec.named("vfio0").below(parent).in(vfioDev));
    Device two = core.add(DeviceSpec.named("vfio1").below(parent).in(vfioDev));
    Device third = core.add(DeviceSpec.named("x").below(parent).in(other));
    assertThat(host.list("/sys/devices/u"))
        .containsExactly("other 755", "uevent 644", "vfio-dev 755");

    core.remove(one);
    assertThat(host.list("/sys/devices/u/vfio-dev")).containsExactly("vfio1 755");
    core.remove(two);
    assertThat(host.list("/sys/devices/u")).containsExactly("other 755", "uevent 644");
    core.remove(third);

    assertThat(host.list("/sys/devices/u")).containsExactly("uevent 644");
  }

  @Test
  void belowADeviceOfAClassThereIsNoGlue() {
    DeviceClass mtty = core.registerClass("mtty");
    DeviceClass tty = core.registerClass("tty");
    Device parent = core.add(DeviceSpec.named("mtty").in(mtty));

    Device child = core.add(DeviceSpec.named("tty0").below(parent).in(tty));

    assertThat(child.devpath()).isEqualTo("/devices/virtual/mtty/mtty/tty0");
    core.remove(child);
    assertThat(host.list("/sys/devices/virtual/mtty/mtty"))
        .containsExactly("subsystem 777", "uevent 644");
  }

  @Test
  void aRefusedChildLeavesNoGlueAndNoVirtualDirectory() {
    DeviceClass mtty = core.registerClass("mtty");
    Device parent = core.add(DeviceSpec.named("u"));
    core.add(DeviceSpec.named("taken").below(parent).in(mtty));
    Device other = core.add(DeviceSpec.named("v"));

    assertRefused(Errno.EEXIST, () -> core.add(DeviceSpec.named("taken").below(other).in(mtty)));
    assertRefused(Errno.EEXIST, () -> core.add(DeviceSpec.named("taken").in(mtty)));

    assertThat(host.list("/sys/devices/v")).containsExactly("uevent 644");
    assertThat(host.list("/sys/devices/virtual")).isEmpty();
  }

  @Test
  void devicesComeAndGoAtOnceWithoutLosingTheirDirectory() {
    DeviceClass vfioDev = core.declareClass("vfio-dev");
    DeviceClass mtty = core.declareClass("mtty");
    Device parent = core.add(DeviceSpec.named("u"));
    CountDownLatch go = new CountDownLatch(1);
    List<Background<Void>> users = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      int number = i;
      users.add(
          Background.run(
              () -> {
                pass(go);
                for (int n = 0; n < 500; n++) {
                  Device below =
                      core.add(
                          DeviceSpec.named("vfio" + number)
                              .below(parent)
                              .in(vfioDev)
                              .numbered(new DeviceNumber(1, number, "vfio/" + number, 0600)));
                  Device virtual = core.add(DeviceSpec.named("mtty" + number).in(mtty));
                  assertThat(below.devpath()).isEqualTo("/devices/u/vfio-dev/vfio" + number);
                  assertThat(host.exists("/dev/vfio/" + number)).isTrue();
                  assertThat(virtual.devpath()).isEqualTo("/devices/virtual/mtty/mtty" + number);
                  core.remove(below);
                  core.remove(virtual);
                }
              }));
    }
    go.countDown();

    users.forEach(Background::join);

    assertThat(host.list("/sys/devices/u")).containsExactly("uevent 644");
    assertThat(host.list("/sys/devices/virtual")).isEmpty();
    assertThat(host.list("/dev")).isEmpty();
    assertThat(host.events().stream().filter(event -> event.startsWith("add@/class/"))).hasSize(2);
  }
}
