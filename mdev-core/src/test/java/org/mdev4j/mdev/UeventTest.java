package org.mdev4j.mdev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.mdev.ToyHost.assertErrno;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.Device;
import org.mdev4j.device.Uevent;
import org.mdev4j.device.Uevents;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.sysfs.Attribute;

@DisplayName("mdev 10, 14: the exact sequences of uevents")
class UeventTest {
  private static final String PARENT = "/devices/virtual/toy/p";

  private final ToyHost toys = new ToyHost();
  private final ToyParent parent = toys.parent("p", 5);
  private final UUID uuid = toys.uuid();
  private final String devpath = PARENT + "/" + uuid;

  @AfterEach
  void close() {
    toys.close();
  }

  @Test
  @DisplayName("create: add, the vfio group, vfio0, bind with DRIVER")
  void create() {
    try (Uevents.Subscription events = toys.host.uevents().subscribe()) {
      parent.create("1", uuid);
      assertThat(events.drain())
          .extracting(Uevent::toString)
          .containsExactly(
              "add@" + devpath + " SUBSYSTEM=mdev",
              "add@/devices/virtual/vfio/0 SUBSYSTEM=vfio MAJOR=246 MINOR=0 DEVNAME=vfio/0",
              "add@" + devpath + "/vfio-dev/vfio0 SUBSYSTEM=vfio-dev",
              "bind@" + devpath + " SUBSYSTEM=mdev DRIVER=toy");
    }
  }

  @Test
  @DisplayName("remove: vfio0, the group, unbind, remove; no DRIVER in the last two")
  void remove() {
    parent.create("1", uuid);
    try (Uevents.Subscription events = toys.host.uevents().subscribe()) {
      parent.remove(uuid);
      assertThat(events.drain())
          .extracting(Uevent::toString)
          .containsExactly(
              "remove@" + devpath + "/vfio-dev/vfio0 SUBSYSTEM=vfio-dev",
              "remove@/devices/virtual/vfio/0 SUBSYSTEM=vfio MAJOR=246 MINOR=0 DEVNAME=vfio/0",
              "unbind@" + devpath + " SUBSYSTEM=mdev",
              "remove@" + devpath + " SUBSYSTEM=mdev");
    }
  }

  @Test
  @DisplayName("a failed probe: add, remove; no bind")
  void failedProbe() {
    toys.driver.probe =
        (mdev, scope) -> {
          throw new ErrnoException(Errno.ENXIO, "refused by a test");
        };
    assertErrno(Errno.ENXIO, () -> parent.create("1", uuid));
    assertThat(toys.events()).containsExactly("add@" + devpath, "remove@" + devpath);
  }

  @Test
  @DisplayName("attributes that can't be added after probe: the vfio devices come and go too")
  void failedAttributes() {
    toys.driver.probe =
        (mdev, scope) ->
            ToyDriver.model(mdev).withAttributes("", Attribute.readOnly("remove", () -> ""));
    assertErrno(Errno.EEXIST, () -> parent.create("1", uuid));
    assertThat(toys.events())
        .containsExactly(
            "add@" + devpath,
            "add@/devices/virtual/vfio/0 MAJOR=246 MINOR=0 DEVNAME=vfio/0",
            "add@" + devpath + "/vfio-dev/vfio0",
            "remove@" + devpath + "/vfio-dev/vfio0",
            "remove@/devices/virtual/vfio/0 MAJOR=246 MINOR=0 DEVNAME=vfio/0",
            "remove@" + devpath);
  }

  @Test
  @DisplayName("a parent: change, MDEV_STATE=registered and unregistered; types emit nothing")
  void parent() {
    Device device = toys.device("q");
    toys.events();
    try (Uevents.Subscription events = toys.host.uevents().subscribe()) {
      ToyParent other =
          new ToyParent(
                  toys,
                  device,
                  InstanceLimit.perType(1),
                  List.of(MdevType.named("1", "One"), MdevType.named("2", "Two")))
              .register();
      other.unregister();
      assertThat(events.drain())
          .extracting(Uevent::toString)
          .containsExactly(
              "change@/devices/virtual/toy/q SUBSYSTEM=toy MDEV_STATE=registered",
              "change@/devices/virtual/toy/q SUBSYSTEM=toy MDEV_STATE=unregistered");
    }
  }

  @Test
  @DisplayName(
      "a parent with devices: each goes as by remove, in the order of creation, then change")
  void parentWithDevices() {
    parent.create("2", uuid);
    UUID second = parent.create("1");
    toys.events();
    parent.unregister();
    assertThat(toys.events())
        .containsExactly(
            "remove@" + devpath + "/vfio-dev/vfio0",
            "remove@/devices/virtual/vfio/0 MAJOR=246 MINOR=0 DEVNAME=vfio/0",
            "unbind@" + devpath,
            "remove@" + devpath,
            "remove@" + PARENT + "/" + second + "/vfio-dev/vfio1",
            "remove@/devices/virtual/vfio/1 MAJOR=246 MINOR=1 DEVNAME=vfio/1",
            "unbind@" + PARENT + "/" + second,
            "remove@" + PARENT + "/" + second,
            "change@" + PARENT + " MDEV_STATE=unregistered");
  }

  @Test
  @DisplayName("the unregistered event comes after the tree is clean")
  void announcesLast() {
    parent.create("1", uuid);
    List<List<String>> seen = new ArrayList<>();
    toys.holdingUevents(
        () -> {
          Background<Void> unregister = Background.run(parent::unregister);
          unregister.awaitStandingIn(Uevents.class, "emit");
          seen.add(toys.names(parent.path()));
        });
    assertThat(seen.getFirst()).contains("mdev_supported_types", uuid.toString());
    ToyParent empty = toys.parent("q", 1);
    toys.holdingUevents(
        () -> {
          Background.run(empty::unregister).awaitStandingIn(Uevents.class, "emit");
          assertThat(toys.names(empty.path())).doesNotContain("mdev_supported_types");
          assertThat(toys.exists("/sys/class/mdev_bus/q")).isFalse();
        });
  }

  @Test
  @DisplayName("13.10, 5.8: mdev_type and the type's link exist before add is announced")
  void linksBeforeAdd() {
    toys.holdingUevents(
        () -> {
          Background<UUID> creator = Background.call(() -> parent.create("1", uuid));
          // It stands at its first event, and that can only be add.
          creator.awaitStandingIn(Uevents.class, "emit");
          assertThat(toys.driver.probes).hasValue(0);
          assertThat(toys.link(parent.mdev(uuid) + "/mdev_type"))
              .isEqualTo("../mdev_supported_types/toy-1");
          assertThat(toys.link(parent.type("1") + "/devices/" + uuid))
              .isEqualTo("../../../" + uuid);
          assertThat(toys.exists("/sys/bus/mdev/devices/" + uuid)).isTrue();
          assertThat(toys.names(parent.mdev(uuid))).contains("remove", "uevent", "subsystem");
        });
  }

  @Test
  @DisplayName("13.10: they exist in probe as well")
  void linksBeforeProbe() {
    List<Boolean> seen = new ArrayList<>();
    toys.driver.probe =
        (mdev, scope) -> {
          seen.add(toys.exists(parent.mdev(mdev.uuid()) + "/mdev_type"));
          seen.add(toys.exists(parent.type("1") + "/devices/" + mdev.name()));
          seen.add(toys.exists("/sys/bus/mdev/devices/" + mdev.name()));
          return ToyDriver.model(mdev);
        };
    parent.create("1", uuid);
    assertThat(seen).containsExactly(true, true, true);
  }

  @Test
  @DisplayName("SEQNUM grows by one with each event of the whole host")
  void numbers() {
    try (Uevents.Subscription events = toys.host.uevents().subscribe()) {
      parent.create("1", uuid);
      parent.remove(uuid);
      toys.parent("q", 1).create("1");
      List<Long> numbers = events.drain().stream().map(Uevent::seqnum).toList();
      assertThat(numbers).hasSize(14);
      for (int i = 1; i < numbers.size(); i++) {
        assertThat(numbers.get(i)).isEqualTo(numbers.get(i - 1) + 1);
      }
    }
  }

  @Test
  @DisplayName("10: a synthetic event carries SYNTH_UUID=0 and DRIVER; there is no MODALIAS")
  void synthetic() {
    parent.create("1", uuid);
    toys.events();
    toys.write(parent.mdev(uuid) + "/uevent", "change");
    assertThat(toys.events()).containsExactly("change@" + devpath + " SYNTH_UUID=0 DRIVER=toy");
    assertErrno(Errno.EINVAL, () -> toys.write(parent.mdev(uuid) + "/uevent", "bogus"));
    assertThat(toys.events()).isEmpty();
  }

  @Test
  @DisplayName("15: modules mdev and a driver's come and go as in kernel/x86/core-A-load")
  void modules() {
    toys.host.modules().rmmod("toy");
    toys.events();
    toys.host.modules().rmmod("mdev");
    assertThat(toys.events()).containsExactly("remove@/bus/mdev", "remove@/module/mdev");
    assertThat(toys.exists("/sys/class/mdev_bus")).isFalse();
    toys.host.modules().modprobe("mdev");
    assertThat(toys.events()).containsExactly("add@/bus/mdev", "add@/module/mdev");
    assertThat(toys.names("/sys/class/mdev_bus")).isEmpty();
    toys.host.modules().modprobe("toy");
    assertThat(toys.events())
        .containsExactly("add@/bus/mdev/drivers/toy", "add@/class/toy", "add@/module/toy");
    assertErrno(Errno.EAGAIN, () -> toys.host.modules().rmmod("mdev"));
    assertThat(Set.copyOf(toys.names("/sys/bus/mdev")))
        .containsExactlyInAnyOrder(
            "devices", "drivers", "drivers_autoprobe", "drivers_probe", "uevent");
  }
}
