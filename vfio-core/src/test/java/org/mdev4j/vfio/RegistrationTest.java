package org.mdev4j.vfio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.VfioHost.assertErrno;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.Device;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.sysfs.SysfsDeviceNode;

@DisplayName("vfio 1.2: register: the tree, the numbers, the uevents")
class RegistrationTest {
  private static final String TOYS = "/devices/virtual/toy/";

  private final VfioHost host = new VfioHost();

  @AfterEach
  void close() {
    host.close();
  }

  @Test
  @DisplayName("a new group and vfio0 appear, announced in this order, and go in the other")
  void announces() {
    VfioRegistration registration = register("a");
    assertThat(host.events())
        .containsExactly(
            "add@/devices/virtual/vfio/0 MAJOR=246 MINOR=0 DEVNAME=vfio/0",
            "add@" + TOYS + "a/vfio0");
    registration.close();
    assertThat(host.events())
        .containsExactly(
            "remove@" + TOYS + "a/vfio0",
            "remove@/devices/virtual/vfio/0 MAJOR=246 MINOR=0 DEVNAME=vfio/0");
  }

  @Test
  @DisplayName("the group has the device, a name, a type and no reserved regions")
  void showsTheGroup() {
    register("a");
    String group = "/sys/kernel/iommu_groups/0";
    assertThat(host.link(group + "/devices/a")).isEqualTo("../../../../devices/virtual/toy/a");
    assertThat(host.read(group + "/name")).isEqualTo("vfio-noiommu\n");
    assertThat(host.read(group + "/reserved_regions")).isEmpty();
    assertThat(host.read(group + "/type")).isEqualTo("unknown\n");
    assertErrno(Errno.EINVAL, () -> host.write(group + "/type", "DMA\n"));
    assertThat(host.link("/sys/devices/virtual/toy/a/iommu_group"))
        .isEqualTo("../../../../kernel/iommu_groups/0");
    assertThat(host.tree())
        .filteredOn(line -> line.contains("/iommu_groups/0"))
        .containsExactly(
            "l 777 /sys/devices/virtual/toy/a/iommu_group -> ../../../../kernel/iommu_groups/0",
            "d 755 " + group,
            "d 755 " + group + "/devices",
            "l 777 " + group + "/devices/a -> ../../../../devices/virtual/toy/a",
            "f 444 " + group + "/name",
            "f 444 " + group + "/reserved_regions",
            "f 644 " + group + "/type");
  }

  @Test
  @DisplayName("the group is a numbered device with a node of mode 0600")
  void showsTheNode() {
    register("a");
    assertThat(host.link("/sys/class/vfio/0")).isEqualTo("../../devices/virtual/vfio/0");
    assertThat(host.read("/sys/class/vfio/0/dev")).isEqualTo("246:0\n");
    assertThat(host.read("/sys/class/vfio/0/uevent"))
        .isEqualTo("MAJOR=246\nMINOR=0\nDEVNAME=vfio/0\n");
    assertThat(host.host.tree().resolve("/dev/vfio/0"))
        .isInstanceOfSatisfying(
            SysfsDeviceNode.class,
            node -> {
              assertThat(node.mode()).isEqualTo(0600);
              assertThat(node.major()).isEqualTo(246);
              assertThat(node.minor()).isZero();
            });
  }

  @Test
  @DisplayName("the class device is below the physical device")
  void showsTheClassDevice() {
    register("a");
    assertThat(host.link("/sys/class/vfio-dev/vfio0"))
        .isEqualTo("../../devices/virtual/toy/a/vfio0");
    assertThat(host.link("/sys/class/vfio-dev/vfio0/device")).isEqualTo("../../a");
    assertThat(host.link("/sys/class/vfio-dev/vfio0/subsystem"))
        .isEqualTo("../../../../../class/vfio-dev");
  }

  @Test
  @DisplayName("unregistering leaves nothing in the tree, and the device can be registered again")
  void leavesNothing() {
    Device device = host.device("a");
    List<String> before = host.tree();
    for (int i = 0; i < 3; i++) {
      VfioRegistration registration = host.register(device, new ToyModel());
      assertThat(host.tree()).hasSizeGreaterThan(before.size());
      registration.close();
      assertThat(host.tree()).isEqualTo(before);
    }
  }

  @Test
  @DisplayName("1.1: group numbers, minors and indexes: the smallest free one, again at once")
  void reusesNumbers() {
    List<VfioRegistration> registrations = new ArrayList<>();
    for (String name : List.of("a", "b", "c", "d")) {
      registrations.add(register(name));
    }
    assertThat(groups()).containsExactly("0", "1", "2", "3");
    registrations.get(2).close();
    registrations.get(1).close();
    assertThat(groups()).containsExactly("0", "3");
    List<String> events = new ArrayList<>();
    for (String name : List.of("e", "f", "g")) {
      Device device = host.device(name);
      host.register(device, new ToyModel());
      events.addAll(host.events());
    }
    assertThat(events)
        .containsExactly(
            "add@/devices/virtual/vfio/1 MAJOR=246 MINOR=1 DEVNAME=vfio/1",
            "add@" + TOYS + "e/vfio1",
            "add@/devices/virtual/vfio/2 MAJOR=246 MINOR=2 DEVNAME=vfio/2",
            "add@" + TOYS + "f/vfio2",
            "add@/devices/virtual/vfio/4 MAJOR=246 MINOR=4 DEVNAME=vfio/4",
            "add@" + TOYS + "g/vfio4");
  }

  @Test
  @DisplayName("always a group of its own, however many devices there are")
  void sharesNoGroup() {
    register("a");
    register("b");
    assertThat(host.link("/sys/devices/virtual/toy/a/iommu_group")).endsWith("/0");
    assertThat(host.link("/sys/devices/virtual/toy/b/iommu_group")).endsWith("/1");
    assertThat(host.vfio().deviceCount()).isEqualTo(2);
    assertThat(host.vfio().device("a")).isNotSameAs(host.vfio().device("b"));
  }

  @Test
  @DisplayName("the same physical device again: EBUSY; the first registration stays whole")
  void refusesTheSameDevice() {
    Device device = host.device("a");
    VfioRegistration first = host.register(device, new ToyModel());
    List<String> before = host.tree();
    host.events();
    assertErrno(Errno.EBUSY, () -> host.register(device, new ToyModel()));
    assertThat(host.tree()).isEqualTo(before);
    assertThat(host.events()).isEmpty();
    assertThat(host.vfio().device("a")).isSameAs(first);
    host.open(first).close();
  }

  @Test
  @DisplayName("a failure half way leaves nothing: no group, no number, no registration")
  void undoesHalfARegistration() {
    Device device = host.device("a");
    device.directory().addDirectory("iommu_group");
    List<String> before = host.tree();
    assertErrno(Errno.EEXIST, () -> host.register(device, new ToyModel()));
    assertThat(host.tree()).isEqualTo(before);
    assertThat(host.events()).isEmpty();
    device.directory().remove("iommu_group");
    device.directory().addDirectory("vfio0");
    before = host.tree();
    assertErrno(Errno.EEXIST, () -> host.register(device, new ToyModel()));
    assertThat(host.tree()).isEqualTo(before);
    assertThat(host.events())
        .containsExactly(
            "add@/devices/virtual/vfio/0 MAJOR=246 MINOR=0 DEVNAME=vfio/0",
            "remove@/devices/virtual/vfio/0 MAJOR=246 MINOR=0 DEVNAME=vfio/0");
    assertThat(host.vfio().device("a")).isNull();
    device.directory().remove("vfio0");
    host.register(device, new ToyModel());
    assertThat(groups()).containsExactly("0");
  }

  @Test
  @DisplayName("many threads register and unregister: no number is given twice, all come back")
  void registersConcurrently() throws Exception {
    List<Device> devices = new ArrayList<>();
    for (int i = 0; i < 4; i++) {
      devices.add(host.device("p" + i));
    }
    List<String> before = host.tree();
    List<Background<Void>> threads =
        devices.stream()
            .map(
                device ->
                    Background.run(
                        () -> {
                          for (int i = 0; i < 100; i++) {
                            host.vfio()
                                .register(device, new ToyModel(), host.owner(), List.of())
                                .close();
                          }
                        }))
            .toList();
    for (Background<Void> thread : threads) {
      thread.join();
    }
    assertThat(host.tree()).isEqualTo(before);
    assertThat(host.vfio().deviceCount()).isZero();
    register("after");
    assertThat(groups()).containsExactly("0");
  }

  private VfioRegistration register(String name) {
    return host.register(host.device(name), new ToyModel());
  }

  private List<String> groups() {
    return host.tree().stream()
        .filter(line -> line.matches("d 755 /sys/kernel/iommu_groups/[0-9]+"))
        .map(line -> line.substring(line.lastIndexOf('/') + 1))
        .toList();
  }
}
