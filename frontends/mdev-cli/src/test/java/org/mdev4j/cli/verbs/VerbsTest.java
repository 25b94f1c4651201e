package org.mdev4j.cli.verbs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.host.Host;
import org.mdev4j.vfio.Container;
import org.mdev4j.vfio.DeviceFile;
import org.mdev4j.vfio.GroupFile;
import org.mdev4j.vfio.Vfio;

/** The verbs on the tree of a host. */
class VerbsTest {
  private static final String UUID = "c0ffee00-0001-4000-8000-000000000001";

  private final Host host = Host.builder().name("verbs").start();

  @BeforeEach
  void load() {
    host.modules().modprobe("mtty");
  }

  @AfterEach
  void close() {
    host.close();
  }

  @Test
  void types() throws VerbException {
    Inventory inventory = inventory();
    assertThat(inventory.parents()).containsExactly("mtty");
    assertThat(inventory.types()).isEqualTo(inventory.types("mtty"));
    assertThat(inventory.types())
        .first()
        .isEqualTo(new TypeEntry("mtty", "mtty-1", "vfio-pci", "24", "Single port serial", null));
  }

  @Test
  void createListRemove() throws VerbException {
    Lifecycle lifecycle = new Lifecycle(inventory());
    assertThat(lifecycle.create("mtty", "2", UUID.toUpperCase(java.util.Locale.ROOT)))
        .isEqualTo(UUID);
    assertThat(inventory().devices())
        .containsExactly(
            new DeviceEntry(
                UUID,
                "mtty",
                "mtty-2",
                "mtty",
                "0",
                "vfio0",
                "vfio-pci",
                "Dual port serial",
                List.of()));
    lifecycle.remove(UUID);
    assertThat(inventory().devices()).isEmpty();
  }

  @Test
  void aDeviceInUseIsWaitedForUpToTheLimitAndGoesWhenItIsLetGo() throws Exception {
    Lifecycle lifecycle = new Lifecycle(inventory());
    lifecycle.create("mtty", "1", UUID);
    Vfio vfio = host.service(Vfio.class);
    host.modules().modprobe("vfio_iommu_type1");
    try (Container container = vfio.openContainer("somebody");
        GroupFile group = vfio.openGroup(0, "somebody")) {
      group.setContainer(container);
      container.setIommu(1);
      try (DeviceFile device = group.openDevice(UUID)) {
        assertThat(device).isNotNull();
        assertThat(inventory().devices()).singleElement().satisfies(this::isUsedBySomebody);
        assertThatThrownBy(() -> lifecycle.remove(UUID, Duration.ofMillis(1)))
            .isInstanceOf(VerbException.class)
            .hasMessage(UUID + " is still in use by somebody; it goes when it is let go");
      }
    }
    Awaitility.await().atMost(Duration.ofMinutes(1)).until(() -> inventory().devices().isEmpty());
    lifecycle.create("mtty", "1", UUID);
    lifecycle.remove(UUID, Duration.ofMinutes(1));
    assertThat(inventory().devices()).isEmpty();
    assertThatThrownBy(() -> lifecycle.remove(UUID, Duration.ofMinutes(1)))
        .hasMessage("there is no mediated device " + UUID);
  }

  private void isUsedBySomebody(DeviceEntry device) {
    assertThat(device.users()).containsExactly("somebody");
  }

  @Test
  void refusalsKeepTheirErrno() throws VerbException {
    Lifecycle lifecycle = new Lifecycle(inventory());
    String created = lifecycle.create("mtty", "mtty-1", UUID);
    assertThatThrownBy(() -> lifecycle.create("mtty", "mtty-1", created))
        .isInstanceOf(VerbException.class)
        .hasMessageStartingWith("can't create " + UUID + " of type mtty-1: EEXIST: ")
        .hasMessageEndingWith("(the device exists)");
    for (int i = 1; i < 24; i++) {
      lifecycle.create("mtty", "mtty-1", java.util.UUID.randomUUID().toString());
    }
    assertThatThrownBy(() -> lifecycle.create("mtty", "mtty-1", UUID.replace('1', '2')))
        .hasMessageContaining(": E")
        .hasMessageEndingWith("(no instance is available)");
  }

  @Test
  void whatThereIsNot() throws VerbException {
    Lifecycle lifecycle = new Lifecycle(inventory());
    assertThatThrownBy(() -> lifecycle.create("mtti", "mtty-1", UUID))
        .hasMessage("there is no parent 'mtti'; there are: mtty");
    assertThatThrownBy(() -> lifecycle.create("mtty", "mtty-3", UUID))
        .hasMessage("parent mtty has no type 'mtty-3'; there are: mtty-1, mtty-2");
    assertThatThrownBy(() -> lifecycle.create("mtty", "1", "../../../x"))
        .hasMessageStartingWith("'../../../x' is no UUID");
    assertThatThrownBy(() -> lifecycle.remove(UUID))
        .hasMessage("there is no mediated device " + UUID);
    assertThatThrownBy(() -> lifecycle.remove("x")).hasMessageStartingWith("'x' is no UUID");
    assertThatThrownBy(() -> inventory().types("x"))
        .hasMessageStartingWith("there is no parent 'x'");
  }

  @Test
  void nothingIsLoaded() throws VerbException {
    host.modules().rmmod("mtty");
    host.modules().rmmod("mdev");
    assertThat(inventory().types()).isEmpty();
    assertThat(inventory().devices()).isEmpty();
    assertThatThrownBy(() -> inventory().types("mtty"))
        .hasMessage("there is no parent 'mtty'; there are none");
  }

  @Test
  void deviceThatWasCreatedByHandIsListed() throws Exception {
    Files.writeString(
        host.path("/sys/class/mdev_bus/mtty/mdev_supported_types/mtty-1/create"),
        UUID,
        java.nio.file.StandardOpenOption.WRITE);
    assertThat(inventory().devices()).extracting(DeviceEntry::uuid).containsExactly(UUID);
  }

  @Test
  void whatIsNoSysfs() {
    assertThatThrownBy(() -> new Inventory(host.path("/nope")))
        .hasMessage("there is no directory /nope");
    assertThatThrownBy(() -> new Inventory(host.path("/dev")))
        .hasMessage("/dev is no sysfs: it has neither class nor bus");
  }

  private Inventory inventory() throws VerbException {
    return new Inventory(host.path("/sys"));
  }
}
