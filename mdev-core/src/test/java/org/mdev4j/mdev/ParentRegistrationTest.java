package org.mdev4j.mdev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.mdev.ToyHost.assertErrno;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.Device;
import org.mdev4j.device.DeviceClass;
import org.mdev4j.device.DeviceSpec;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.vfio.model.DeviceApi;

@DisplayName("mdev 1, 3: registering drivers and parents")
class ParentRegistrationTest {
  private static final InstanceLimit LIMIT = InstanceLimit.perType(2);
  private static final MdevType ONE = MdevType.named("1", "One");

  private final ToyHost toys = new ToyHost();
  private final Scope scope = new Scope("test");

  @AfterEach
  void close() {
    scope.close();
    toys.close();
  }

  @Nested
  @DisplayName("1: a driver")
  class OfADriver {
    @Test
    @DisplayName("without a device_api: EINVAL, and it is not on the bus")
    void needsADeviceApi() {
      assertErrno(
          Errno.EINVAL,
          () -> toys.mdev().registerDriver(toys.context(), new ToyDriver("other", null)));
      assertThat(toys.names("/sys/bus/mdev/drivers")).containsExactly("toy");
    }

    @Test
    @DisplayName("of a name that the bus has: EBUSY; the first one stays")
    void needsAName() {
      ToyDriver twin = new ToyDriver("toy", DeviceApi.CCW);
      assertErrno(Errno.EBUSY, () -> toys.mdev().registerDriver(toys.context(), twin));
      ToyParent parent = toys.parent("p", 1);
      assertThat(toys.read(parent.type("1") + "/device_api")).isEqualTo("vfio-pci\n");
      parent.create("1");
    }

    @Test
    @DisplayName(
        "that is gone: a create on a parent it left behind is ENODEV, its devices can be removed")
    void leavesItsParents() {
      Device device = toys.host.devices().add(DeviceSpec.named("left"), scope);
      MdevParent parent = toys.mdev().registerParent(scope, device, toys.driver, LIMIT, one());
      String types = "/sys/devices/left/mdev_supported_types/-1/";
      String uuid = toys.uuid().toString();
      toys.write(types + "create", uuid);
      toys.host.modules().rmmod("toy");
      assertThat(toys.names("/sys/devices/left/" + uuid))
          .containsExactly("mdev_type", "power", "remove", "subsystem", "uevent");
      assertErrno(Errno.ENODEV, () -> toys.write(types + "create", toys.uuid().toString()));
      assertThat(toys.read(types + "available_instances")).isEqualTo("1\n");
      assertThat(toys.names("/sys/bus/mdev/devices")).containsExactly(uuid);
      toys.write("/sys/devices/left/" + uuid + "/remove", "1");
      assertThat(toys.read(types + "available_instances")).isEqualTo("2\n");
      assertThat(parent.device()).isSameAs(device);
    }
  }

  @Test
  @DisplayName("the types, all their attributes and the class link are there; the link is relative")
  void shows() {
    ToyParent parent = toys.parent("p", 2);
    assertThat(toys.names(parent.path() + "/mdev_supported_types"))
        .containsExactly("toy-1", "toy-2");
    assertThat(toys.link("/sys/class/mdev_bus/p")).isEqualTo("../../devices/virtual/toy/p");
  }

  @Test
  @DisplayName(
      "1: a type's id: the name of the device's driver, else bus, else class, else nothing")
  void namesTypes() {
    Device bare = toys.host.devices().add(DeviceSpec.named("bare"), scope);
    toys.mdev().registerParent(scope, bare, toys.driver, LIMIT, one());
    assertThat(toys.names("/sys/devices/bare/mdev_supported_types")).containsExactly("-1");
    ToyParent classy = toys.parent("classy", 1);
    assertThat(toys.names(classy.path() + "/mdev_supported_types"))
        .containsExactly("toy-1", "toy-2");
    ParentBus bus = new ParentBus(toys.host.devices(), scope);
    Device unbound = bus.add("unbound");
    toys.mdev().registerParent(scope, unbound, toys.driver, LIMIT, one());
    assertThat(toys.names("/sys/devices/unbound/mdev_supported_types")).containsExactly("soc-1");
    bus.drive(device -> toys.mdev().registerParent(scope, device, toys.driver, LIMIT, one()));
    bus.add("bound");
    assertThat(toys.names("/sys/devices/bound/mdev_supported_types")).containsExactly("soc_drv-1");
  }

  @Test
  @DisplayName("1: a slash in a type's name becomes an exclamation mark")
  void replacesSlashes() {
    ToyParent parent = toys.parent("p", LIMIT, MdevType.named("a/b", "With a slash"));
    assertThat(toys.names(parent.path() + "/mdev_supported_types")).containsExactly("toy-a!b");
    parent.create("a!b");
    assertThat(parent.available("a!b")).isEqualTo(1);
  }

  @Nested
  @DisplayName("refused, with nothing left in the tree and no event:")
  class Refused {
    private final Device device = toys.device("p");

    @Test
    @DisplayName("13.3: no driver: EINVAL")
    void withoutADriver() {
      assertRefused(Errno.EINVAL, null, one());
    }

    @Test
    @DisplayName("[own] no types, or none to be seen: EINVAL")
    void withoutTypes() {
      assertRefused(Errno.EINVAL, toys.driver, List.of());
      assertRefused(Errno.EINVAL, toys.driver, null);
    }

    @Test
    @DisplayName(
        "[own] a driver that is not registered, also if it has the name of one that is: ENODEV")
    void withAnotherDriver() {
      assertRefused(Errno.ENODEV, new ToyDriver("stranger", DeviceApi.PCI), one());
      assertRefused(Errno.ENODEV, new ToyDriver("toy", DeviceApi.PCI), one());
    }

    @Test
    @DisplayName("two types with one id: EEXIST")
    void withTwinTypes() {
      assertRefused(Errno.EEXIST, toys.driver, List.of(ONE, MdevType.named("1", "Another")));
    }

    @Test
    @DisplayName("[own] a device that is a parent already: EEXIST; it stays one")
    void twice() {
      ToyParent parent = new ToyParent(toys, device, LIMIT, one()).register();
      parent.create("1");
      assertRefused(Errno.EEXIST, toys.driver, one());
      assertThat(parent.available("1")).isEqualTo(1);
      parent.create("1");
    }

    @Test
    @DisplayName("a device that has an entry mdev_supported_types: EEXIST")
    void withATakenName() {
      device.directory().addDirectory("mdev_supported_types");
      assertRefused(Errno.EEXIST, toys.driver, one());
    }

    private void assertRefused(Errno errno, MdevDriver driver, List<MdevType> types) {
      List<String> before = toys.tree();
      toys.events();
      assertErrno(errno, () -> toys.mdev().registerParent(scope, device, driver, LIMIT, types));
      assertThat(toys.tree()).isEqualTo(before);
      assertThat(toys.events()).isEmpty();
      assertThat(scope.size()).isZero();
    }
  }

  @Nested
  @DisplayName("13.7: two parents with one name, in two classes")
  class Namesakes {
    private final DeviceClass others =
        toys.context().scope().own(toys.host.devices().registerClass("other"));
    private final Device second =
        toys.host.devices().add(DeviceSpec.named("same").in(others), toys.context().scope());
    private final String link = "/sys/class/mdev_bus/same";
    private final ToyParent first = toys.parent("same", 1);

    @Test
    @DisplayName("3.4: the second is registered all the same, without a class link")
    void bothWork() {
      new ToyParent(toys, second, LIMIT, one()).register().create("1");
      first.create("1");
      assertThat(toys.link(link)).isEqualTo("../../devices/virtual/toy/same");
    }

    @Test
    @DisplayName("the first one's link survives the unregistration of the second")
    void keepsTheFirst() {
      ToyParent other = new ToyParent(toys, second, LIMIT, one()).register();
      other.unregister();
      assertThat(toys.link(link)).isEqualTo("../../devices/virtual/toy/same");
      first.unregister();
      assertThat(toys.exists(link)).isFalse();
    }

    @Test
    @DisplayName("the first one takes its own link along; then the name is free")
    void freesTheName() {
      ToyParent other = new ToyParent(toys, second, LIMIT, one()).register();
      first.unregister();
      assertThat(toys.exists(link)).isFalse();
      first.register();
      assertThat(toys.link(link)).isEqualTo("../../devices/virtual/toy/same");
      other.unregister();
      other.register();
      first.unregister();
      other.unregister();
      assertThat(toys.names("/sys/class/mdev_bus")).isEmpty();
    }
  }

  private static List<MdevType> one() {
    return List.of(ONE);
  }
}
