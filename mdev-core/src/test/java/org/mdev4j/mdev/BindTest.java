package org.mdev4j.mdev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.mdev.ToyHost.assertErrno;

import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.Device;
import org.mdev4j.device.DriverCore;
import org.mdev4j.device.Uevents;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.vfio.DeviceFile;

@DisplayName("mdev 11: bind and unbind through the bus")
class BindTest {
  private static final String DRIVER = "/sys/bus/mdev/drivers/toy";

  private final ToyHost toys = new ToyHost();
  private final ToyParent parent = toys.parent("p", 3);

  @AfterEach
  void close() {
    toys.close();
  }

  @Test
  @DisplayName(
      "an unbound device stays on the bus with its UUID and type links; a counted instance stays"
          + " taken")
  void unbinds() {
    toys.driver.probe =
        (mdev, scope) ->
            ToyDriver.model(mdev).withAttributes("vendor", Attribute.readOnly("a", () -> "a"));
    UUID uuid = parent.create("1");
    toys.events();
    assertThat(toys.write(DRIVER + "/unbind", uuid + "\n")).isEqualTo(37);
    assertThat(toys.events())
        .containsExactly(
            "remove@" + devpath(uuid) + "/vfio-dev/vfio0",
            "remove@/devices/virtual/vfio/0 MAJOR=246 MINOR=0 DEVNAME=vfio/0",
            "unbind@" + devpath(uuid));
    assertThat(toys.names(parent.mdev(uuid)))
        .containsExactly("mdev_type", "power", "remove", "subsystem", "uevent");
    assertThat(toys.read(parent.mdev(uuid) + "/uevent")).isEmpty();
    assertThat(toys.exists("/sys/bus/mdev/devices/" + uuid)).isTrue();
    assertThat(toys.names(parent.type("1") + "/devices")).containsExactly(uuid.toString());
    assertThat(toys.mdev().vfioDevice(uuid)).isNull();
    assertThat(toys.vfio().deviceCount()).isZero();
    assertThat(parent.available("1")).isEqualTo(2);
    assertErrno(Errno.EEXIST, () -> parent.create("1", uuid));
  }

  @Test
  @DisplayName("remove still works on an unbound device: one event, and the instance is back")
  void removesUnbound() {
    UUID uuid = parent.create("1");
    unbind(uuid);
    toys.events();
    parent.remove(uuid);
    assertThat(toys.events()).containsExactly("remove@" + devpath(uuid));
    assertThat(parent.available("1")).isEqualTo(3);
    parent.create("1", uuid);
  }

  @Test
  @DisplayName("unbind of what isn't there, or isn't bound: ENODEV")
  void refusesUnbind() {
    UUID uuid = parent.create("1");
    assertErrno(Errno.ENODEV, () -> unbind(toys.uuid()));
    assertErrno(Errno.ENODEV, () -> toys.write(DRIVER + "/unbind", uuid + "\n\n"));
    unbind(uuid);
    assertErrno(Errno.ENODEV, () -> unbind(uuid));
  }

  @Nested
  @DisplayName("11: a device that was unbound by hand can be bound again")
  class Again {
    @Test
    @DisplayName("it is probed anew and is as after create")
    void binds() {
      UUID uuid = parent.create("1");
      ToyModel before = toys.model(uuid);
      List<String> tree = toys.tree();
      unbind(uuid);
      toys.events();
      bind(uuid);
      assertThat(toys.events())
          .containsExactly(
              "add@/devices/virtual/vfio/0 MAJOR=246 MINOR=0 DEVNAME=vfio/0",
              "add@" + devpath(uuid) + "/vfio-dev/vfio0",
              "bind@" + devpath(uuid) + " DRIVER=toy");
      assertThat(toys.tree()).isEqualTo(tree);
      assertThat(toys.model(uuid)).isNotSameAs(before);
      assertThat(toys.driver.probes).hasValue(2);
      assertThat(parent.available("1")).isEqualTo(2);
      toys.open(uuid).close();
      parent.remove(uuid);
      assertThat(parent.available("1")).isEqualTo(3);
    }

    @Test
    @DisplayName("bind of a bound one, of an unknown one: ENODEV")
    void refuses() {
      UUID uuid = parent.create("1");
      assertErrno(Errno.ENODEV, () -> bind(uuid));
      assertErrno(Errno.ENODEV, () -> bind(toys.uuid()));
      assertThat(toys.driver.probes).hasValue(1);
    }

    @Test
    @DisplayName("a probe that refuses leaves it unbound; it can be tried again, or removed")
    void survivesRefusal() {
      UUID uuid = parent.create("1");
      unbind(uuid);
      List<String> tree = toys.tree();
      toys.driver.probe =
          (mdev, scope) -> {
            throw new ErrnoException(Errno.ENXIO, "refused by a test");
          };
      toys.events();
      assertErrno(Errno.ENXIO, () -> bind(uuid));
      assertThat(toys.tree()).isEqualTo(tree);
      assertThat(toys.events()).isEmpty();
      toys.driver.probe = (mdev, scope) -> ToyDriver.model(mdev);
      bind(uuid);
      parent.remove(uuid);
      assertThat(parent.available("1")).isEqualTo(3);
    }

    @Test
    @DisplayName(
        "[own] a device that is still being created can't be bound by hand: create goes on")
    void leavesCreateAlone() {
      UUID uuid = toys.uuid();
      Background<?>[] creator = new Background<?>[1];
      toys.holdingUevents(
          () -> {
            // Added and about to be announced, not yet bound.
            creator[0] =
                Background.call(() -> parent.create("1", uuid))
                    .awaitStandingIn(Uevents.class, "emit");
            assertErrno(Errno.ENODEV, () -> bind(uuid));
          });
      creator[0].join();
      assertThat(toys.driver.probes).hasValue(1);
      assertThat(toys.exists(parent.mdev(uuid) + "/driver")).isTrue();
    }

    @Test
    @DisplayName("a bound device's parent's unregistration takes the rebound one as well")
    void goesWithTheParent() {
      UUID uuid = parent.create("1");
      unbind(uuid);
      bind(uuid);
      parent.unregister();
      assertThat(toys.exists(parent.mdev(uuid))).isFalse();
      assertThat(toys.vfio().deviceCount()).isZero();
    }
  }

  @Test
  @DisplayName("drivers_probe binds nothing: success for a known name, ENODEV for another")
  void probesNothing() {
    UUID uuid = parent.create("1");
    unbind(uuid);
    assertThat(toys.write("/sys/bus/mdev/drivers_probe", uuid.toString())).isEqualTo(36);
    assertThat(toys.exists(parent.mdev(uuid) + "/driver")).isFalse();
    assertErrno(
        Errno.ENODEV, () -> toys.write("/sys/bus/mdev/drivers_probe", toys.uuid().toString()));
  }

  @Test
  @DisplayName("1: nothing binds by itself; drivers_autoprobe has no effect on create")
  void ignoresAutoprobe() {
    assertThat(toys.read("/sys/bus/mdev/drivers_autoprobe")).isEqualTo("1\n");
    toys.write("/sys/bus/mdev/drivers_autoprobe", "0");
    UUID uuid = parent.create("1");
    assertThat(toys.exists(parent.mdev(uuid) + "/driver")).isTrue();
  }

  @Nested
  @DisplayName("while a user has the device open")
  class WhileOpen {
    private final UUID uuid = parent.create("1");
    private final DeviceFile file = toys.open(uuid);
    private final ToyModel model = toys.model(uuid);

    @Test
    @DisplayName("unbind blocks; reading the device's uevent and writing its remove block too")
    void blocks() {
      Background<Void> unbind = Background.run(() -> unbind(uuid));
      model.awaitRequest();
      assertThat(toys.names(parent.mdev(uuid)))
          .containsExactly(
              "iommu_group", "mdev_type", "power", "remove", "subsystem", "uevent", "vfio-dev");
      Background<String> reader =
          Background.call(() -> toys.read(parent.mdev(uuid) + "/uevent"))
              .awaitStandingIn(Device.class, "showUevent");
      Background<Void> remover =
          Background.run(() -> parent.remove(uuid)).awaitStandingIn(DriverCore.class, "remove");
      assertThat(toys.names(parent.mdev(uuid)))
          .containsExactly("iommu_group", "power", "subsystem", "uevent", "vfio-dev");
      assertThat(toys.names(parent.type("1") + "/devices")).isEmpty();
      assertThat(parent.available("1")).isEqualTo(2);
      assertErrno(Errno.EEXIST, () -> parent.create("1", uuid));
      parent.create("2");
      toys.events();
      file.close();
      unbind.join();
      remover.join();
      assertThat(reader.join()).isEmpty();
      assertThat(toys.events())
          .containsExactly(
              "remove@" + devpath(uuid) + "/vfio-dev/vfio0",
              "remove@/devices/virtual/vfio/0 MAJOR=246 MINOR=0 DEVNAME=vfio/0",
              "unbind@" + devpath(uuid),
              "remove@" + devpath(uuid));
      assertThat(parent.available("1")).isEqualTo(3);
    }

    @Test
    @DisplayName("while unbind blocks, bind gives ENODEV")
    void refusesBind() {
      Background<Void> unbind = Background.run(() -> unbind(uuid));
      model.awaitRequest();
      assertErrno(Errno.ENODEV, () -> bind(uuid));
      file.close();
      unbind.join();
      bind(uuid);
    }
  }

  private void bind(UUID uuid) {
    toys.write(DRIVER + "/bind", uuid.toString());
  }

  private void unbind(UUID uuid) {
    toys.write(DRIVER + "/unbind", uuid.toString());
  }

  private static String devpath(UUID uuid) {
    return "/devices/virtual/toy/p/" + uuid;
  }
}
