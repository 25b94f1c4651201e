package org.mdev4j.mdev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.mdev.ToyHost.assertErrno;

import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.device.sysfs.OpenMode;
import org.mdev4j.device.sysfs.SysfsFile;

@DisplayName("mdev 9, series 6: every path, mode, link and content of the core's")
class TypeTreeTest {
  private static final UUID ID = UUID.fromString("83b8f4f2-509f-382f-3c1e-e6bfe0fa1001");

  private final ToyHost toys = new ToyHost();
  private final ToyParent parent =
      toys.parent(
          "p",
          InstanceLimit.perType(2),
          MdevType.named("1", "Single toy"),
          new MdevType("2", null, null, Map.of()).describedAs("line one\nline two"));

  @AfterEach
  void close() {
    toys.close();
  }

  @Test
  @DisplayName("the types of a parent")
  void types() {
    parent.create("1", ID);
    assertThat(toys.tree(parent.path() + "/mdev_supported_types"))
        .containsExactly(
            "d 755 /toy-1",
            "f 444 /toy-1/available_instances",
            "f 200 /toy-1/create",
            "f 444 /toy-1/device_api",
            "d 755 /toy-1/devices",
            "l 777 /toy-1/devices/" + ID + " -> ../../../" + ID,
            "f 444 /toy-1/name",
            "d 755 /toy-2",
            "f 444 /toy-2/available_instances",
            "f 200 /toy-2/create",
            "f 444 /toy-2/description",
            "f 444 /toy-2/device_api",
            "d 755 /toy-2/devices",
            "f 444 /toy-2/name");
  }

  @Test
  @DisplayName("what they show: a pretty name, else the suffix; a description of several lines")
  void contents() {
    assertThat(toys.read(parent.type("1") + "/name")).isEqualTo("Single toy\n");
    assertThat(toys.read(parent.type("2") + "/name")).isEqualTo("2\n");
    assertThat(toys.read(parent.type("1") + "/device_api")).isEqualTo("vfio-pci\n");
    assertThat(toys.read(parent.type("1") + "/available_instances")).isEqualTo("2\n");
    assertThat(toys.read(parent.type("2") + "/description")).isEqualTo("line one\nline two\n");
  }

  @Test
  @DisplayName("a bound device")
  void device() {
    toys.driver.probe =
        (mdev, scope) ->
            ToyDriver.model(mdev).withAttributes("vendor", Attribute.readOnly("which", mdev::name));
    parent.create("1", ID);
    assertThat(toys.tree(parent.mdev(ID)))
        .filteredOn(line -> !line.contains("/power/"))
        .containsExactly(
            "l 777 /driver -> ../../../../../bus/mdev/drivers/toy",
            "l 777 /iommu_group -> ../../../../../kernel/iommu_groups/0",
            "l 777 /mdev_type -> ../mdev_supported_types/toy-1",
            "d 755 /power",
            "f 200 /remove",
            "l 777 /subsystem -> ../../../../../bus/mdev",
            "f 644 /uevent",
            "d 755 /vendor",
            "f 444 /vendor/which",
            "d 755 /vfio-dev",
            "d 755 /vfio-dev/vfio0",
            "l 777 /vfio-dev/vfio0/device -> ../../../" + ID,
            "d 755 /vfio-dev/vfio0/power",
            "l 777 /vfio-dev/vfio0/subsystem -> ../../../../../../../class/vfio-dev",
            "f 644 /vfio-dev/vfio0/uevent");
    assertThat(toys.read(parent.mdev(ID) + "/uevent")).isEqualTo("DRIVER=toy\n");
    assertThat(toys.read(parent.mdev(ID) + "/vendor/which")).isEqualTo(ID + "\n");
  }

  @Test
  @DisplayName("what leads to it")
  void links() {
    parent.create("1", ID);
    String target = "devices/virtual/toy/p/" + ID;
    assertThat(toys.link("/sys/bus/mdev/devices/" + ID)).isEqualTo("../../../" + target);
    assertThat(toys.link("/sys/bus/mdev/drivers/toy/" + ID)).isEqualTo("../../../../" + target);
    assertThat(toys.link("/sys/kernel/iommu_groups/0/devices/" + ID))
        .isEqualTo("../../../../" + target);
    assertThat(toys.link("/sys/class/mdev_bus/p")).isEqualTo("../../devices/virtual/toy/p");
    assertThat(toys.link("/sys/class/vfio/0")).isEqualTo("../../devices/virtual/vfio/0");
    assertThat(toys.exists("/dev/vfio/0")).isTrue();
  }

  @Test
  @DisplayName("the bus and the driver")
  void bus() {
    assertThat(toys.tree("/sys/bus/mdev"))
        .containsExactly(
            "d 755 /devices",
            "d 755 /drivers",
            "d 755 /drivers/toy",
            "f 200 /drivers/toy/bind",
            "l 777 /drivers/toy/module -> ../../../../module/toy",
            "f 200 /drivers/toy/uevent",
            "f 200 /drivers/toy/unbind",
            "f 644 /drivers_autoprobe",
            "f 200 /drivers_probe",
            "f 200 /uevent");
  }

  @Test
  @DisplayName("12: opening in the wrong direction: EACCES, also for root")
  void directions() {
    parent.create("1", ID);
    for (String path : List.of(parent.type("1") + "/create", parent.mdev(ID) + "/remove")) {
      assertErrno(Errno.EACCES, () -> toys.host.tree().open(path, OpenMode.READ));
      assertErrno(Errno.EACCES, () -> toys.host.tree().open(path, OpenMode.READ_WRITE));
    }
    for (String name : List.of("name", "device_api", "available_instances")) {
      assertErrno(
          Errno.EACCES, () -> toys.host.tree().open(parent.type("1") + "/" + name, OpenMode.WRITE));
    }
  }

  @Test
  @DisplayName("a read from offset 0 of an open file shows the value of now")
  void rereads() {
    try (SysfsFile available =
        toys.host.tree().open(parent.type("1") + "/available_instances", OpenMode.READ)) {
      assertThat(available.read(0, 9)).asString().isEqualTo("2\n");
      parent.create("1", ID);
      assertThat(available.read(0, 9)).asString().isEqualTo("1\n");
    }
  }

  @Test
  @DisplayName("mdevctl finds parent and type by the base names of what the links lead to")
  void resolves() {
    parent.create("1", ID);
    String device = "/sys/bus/mdev/devices/" + ID;
    assertThat(toys.host.tree().resolve(device + "/mdev_type").name()).isEqualTo("toy-1");
    assertThat(toys.host.tree().resolve(device).parent().name()).isEqualTo("p");
    assertThat(toys.host.tree().resolve(device + "/subsystem").name()).isEqualTo("mdev");
    assertThat(toys.host.tree().resolve(device + "/iommu_group").name()).isEqualTo("0");
  }

  @Test
  @DisplayName("the probe is told type, name, UUID and parent")
  void tellsTheProbe() {
    String[] seen = new String[1];
    toys.driver.probe =
        (mdev, scope) -> {
          seen[0] = mdev.type().name() + " " + mdev.name() + " " + mdev.parent().name();
          assertThat(mdev.uuid()).isEqualTo(ID);
          return ToyDriver.model(mdev);
        };
    parent.create("2", ID);
    assertThat(seen[0]).isEqualTo("2 " + ID + " p");
  }
}
