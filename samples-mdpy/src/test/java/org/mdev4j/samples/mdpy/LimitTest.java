package org.mdev4j.samples.mdpy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.host.Host;

/** How many displays there can be, and what the tree tells of them. */
class LimitTest {
  @Test
  void eachTypeHasItsOwnFour() throws IOException {
    try (Host host = OpenDisplay.startHost(Map.of())) {
      for (int i = 0; i < 4; i++) {
        OpenDisplay.create(host, Resolution.VGA, uuid(i));
      }
      assertThat(available(host, Resolution.VGA)).isZero();
      assertThat(available(host, Resolution.HD)).isEqualTo(4);
      assertExhausted(host, Resolution.VGA, uuid(4));
      OpenDisplay.create(host, Resolution.HD, uuid(4));
      assertThat(available(host, Resolution.HD)).isEqualTo(3);
    }
  }

  @Test
  void theTypesCanShareTheirFour() throws IOException {
    try (Host host = OpenDisplay.startHost(Map.of("shared", "1"))) {
      OpenDisplay.create(host, Resolution.VGA, uuid(0));
      OpenDisplay.create(host, Resolution.XGA, uuid(1));
      OpenDisplay.create(host, Resolution.HD, uuid(2));
      assertThat(available(host, Resolution.VGA)).isEqualTo(1);
      OpenDisplay.create(host, Resolution.HD, uuid(3));
      for (Resolution resolution : Resolution.values()) {
        assertThat(available(host, resolution)).isZero();
        assertExhausted(host, resolution, uuid(4));
      }
    }
  }

  @Test
  void theNumberIsAParameter() throws IOException {
    try (Host host = OpenDisplay.startHost(Map.of("count", "1"))) {
      OpenDisplay.create(host, Resolution.XGA, uuid(0));
      assertExhausted(host, Resolution.XGA, uuid(1));
    }
    try (Host host = OpenDisplay.startHost(Map.of("count", "0"))) {
      assertThat(available(host, Resolution.XGA)).isZero();
      assertExhausted(host, Resolution.XGA, uuid(0));
    }
  }

  @Test
  void aTypeTellsItsSize() throws IOException {
    try (Host host = OpenDisplay.startHost(Map.of())) {
      assertThat(Files.readString(OpenDisplay.type(host, Resolution.HD).resolve("description")))
          .isEqualTo("virtual display, 1920x1080 framebuffer\n");
      assertThat(Files.readString(OpenDisplay.type(host, Resolution.HD).resolve("device_api")))
          .isEqualTo("vfio-pci\n");
    }
  }

  @Test
  void aDeviceTellsItsResolution() throws IOException {
    try (Host host = OpenDisplay.startHost(Map.of())) {
      OpenDisplay.create(host, Resolution.XGA, uuid(0));
      assertThat(
              Files.readString(
                  host.path("/sys/bus/mdev/devices/" + uuid(0) + "/vendor/resolution")))
          .isEqualTo("1024x768\n");
    }
  }

  private static void assertExhausted(Host host, Resolution resolution, String uuid) {
    assertThatThrownBy(() -> OpenDisplay.create(host, resolution, uuid))
        .hasMessageContaining("EUSERS");
  }

  private static int available(Host host, Resolution resolution) throws IOException {
    String text =
        Files.readString(OpenDisplay.type(host, resolution).resolve("available_instances"));
    return Integer.parseInt(text.strip());
  }

  private static String uuid(int number) {
    return "11111111-2222-3333-4444-55555555550" + number;
  }
}
