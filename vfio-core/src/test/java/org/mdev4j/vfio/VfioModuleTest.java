package org.mdev4j.vfio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.VfioHost.assertErrno;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.Uevent;
import org.mdev4j.device.Uevents;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.sysfs.OpenMode;
import org.mdev4j.vfio.model.DeviceApi;

@DisplayName("mdev 15: modules vfio and vfio_iommu_type1 come and go as in kernel/x86/core-A-load")
class VfioModuleTest {
  @Test
  @DisplayName(
      "loading vfio announces the misc device, both classes and the module; unloading undoes it")
  void loadsAndUnloads() {
    try (Host host = host();
        Uevents.Subscription uevents = host.uevents().subscribe()) {
      host.modules().modprobe("vfio");
      assertThat(uevents.drain())
          .extracting(Uevent::toString)
          .containsExactly(
              "add@/devices/virtual/misc/vfio SUBSYSTEM=misc"
                  + " MAJOR=10 MINOR=196 DEVNAME=vfio/vfio DEVMODE=0666",
              "add@/class/vfio SUBSYSTEM=class",
              "add@/class/vfio-dev SUBSYSTEM=class",
              "add@/module/vfio SUBSYSTEM=module");
      assertThat(host.tree().resolve("/dev/vfio/vfio").mode()).isEqualTo(0666);
      host.modules().rmmod("vfio");
      assertThat(uevents.drain()).last().hasToString("remove@/module/vfio SUBSYSTEM=module");
      assertErrno(Errno.ENOENT, () -> host.tree().resolve("/sys/class/vfio"));
      assertErrno(Errno.ENOENT, () -> host.tree().resolve("/sys/class/vfio-dev"));
      assertErrno(Errno.ENOENT, () -> host.tree().resolve("/dev/vfio/vfio"));
      host.modules().modprobe("vfio");
      assertThat(host.service(Vfio.class).deviceCount()).isZero();
    }
  }

  @Test
  @DisplayName("vfio_iommu_type1 needs vfio and shows its limit")
  void loadsType1() {
    try (Host host = host()) {
      host.modules().modprobe("vfio_iommu_type1", Map.of("dma_entry_limit", "12"));
      String limit = "/sys/module/vfio_iommu_type1/parameters/dma_entry_limit";
      assertThat(host.tree().open(limit, OpenMode.READ).read(0, 99)).asString().isEqualTo("12\n");
      assertErrno(Errno.EAGAIN, () -> host.modules().rmmod("vfio"));
      host.modules().rmmod("vfio_iommu_type1");
      host.modules().modprobe("vfio_iommu_type1");
      assertThat(host.tree().open(limit, OpenMode.READ).read(0, 99))
          .asString()
          .isEqualTo("65535\n");
    }
  }

  @Test
  @DisplayName("mdev 1: the device_api values, and the flag of GET_INFO for each")
  void namesDeviceApis() {
    List<String> all =
        Arrays.stream(DeviceApi.values()).map(api -> api.text() + " " + api.flag()).toList();
    assertThat(all)
        .containsExactly(
            "vfio-pci 2", "vfio-platform 4", "vfio-amba 8", "vfio-ccw 16", "vfio-ap 32");
  }

  private static Host host() {
    return Host.builder()
        .withoutDiscovery()
        .module(new VfioModule())
        .module(new Type1Module())
        .start();
  }
}
