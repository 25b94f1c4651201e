package org.mdev4j.samples.mdpy;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.testkit.host.DriverSetup;
import org.mdev4j.testkit.host.OfferedType;
import org.mdev4j.testkit.host.TestHost;

/** How many displays there can be, and what the tree tells of them. */
class LimitTest {
  private static final DriverSetup MDPY = DriverSetup.of(new MdpyModule());

  @Test
  void eachTypeHasItsOwnFour() {
    try (TestHost host = TestHost.start(MDPY)) {
      for (int i = 0; i < 4; i++) {
        create(host, Resolution.VGA);
      }
      assertThat(available(host, Resolution.VGA)).isZero();
      assertThat(available(host, Resolution.HD)).isEqualTo(4);
      assertExhausted(host, Resolution.VGA);
      create(host, Resolution.HD);
      assertThat(available(host, Resolution.HD)).isEqualTo(3);
    }
  }

  @Test
  void theTypesCanShareTheirFour() {
    try (TestHost host = TestHost.start(MDPY.with("shared", "1"))) {
      create(host, Resolution.VGA);
      create(host, Resolution.XGA);
      create(host, Resolution.HD);
      assertThat(available(host, Resolution.VGA)).isEqualTo(1);
      create(host, Resolution.HD);
      for (Resolution resolution : Resolution.values()) {
        assertThat(available(host, resolution)).isZero();
        assertExhausted(host, resolution);
      }
    }
  }

  @Test
  void theNumberIsAParameter() {
    try (TestHost host = TestHost.start(MDPY.with("count", "1"))) {
      create(host, Resolution.XGA);
      assertExhausted(host, Resolution.XGA);
    }
    try (TestHost host = TestHost.start(MDPY.with("count", "0"))) {
      assertThat(available(host, Resolution.XGA)).isZero();
      assertExhausted(host, Resolution.XGA);
    }
  }

  @Test
  void aTypeTellsItsSize() {
    try (TestHost host = TestHost.start(MDPY)) {
      OfferedType type = type(host, Resolution.HD);
      assertThat(host.read(type.file("description")))
          .isEqualTo("virtual display, 1920x1080 framebuffer\n");
      assertThat(host.read(type.file("device_api"))).isEqualTo("vfio-pci\n");
    }
  }

  @Test
  void aDeviceTellsItsResolution() {
    try (TestHost host = TestHost.start(MDPY)) {
      String display = create(host, Resolution.XGA);
      assertThat(host.read(host.device(display) + "/vendor/resolution")).isEqualTo("1024x768\n");
    }
  }

  private static OfferedType type(TestHost host, Resolution resolution) {
    return host.type(OpenDisplay.typeId(resolution));
  }

  private static String create(TestHost host, Resolution resolution) {
    return host.create(type(host, resolution));
  }

  private static long available(TestHost host, Resolution resolution) {
    return host.available(type(host, resolution));
  }

  private static void assertExhausted(TestHost host, Resolution resolution) {
    TestHost.assertErrno(Errno.EUSERS, () -> create(host, resolution));
  }
}
