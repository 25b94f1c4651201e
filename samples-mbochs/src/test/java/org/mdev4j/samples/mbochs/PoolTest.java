package org.mdev4j.samples.mbochs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.host.Host;

/** How displays share the video memory that there is, and what the tree tells of them. */
class PoolTest {
  @Test
  void displaysOfAllSizesShareTheMemory() throws IOException {
    try (Host host = OpenDisplay.startHost(Map.of())) {
      assertAvailable(host, 64, 16, 4);
      for (int i = 0; i < 3; i++) {
        OpenDisplay.create(host, MemorySize.LARGE, uuid(i));
      }
      assertAvailable(host, 16, 4, 1);
      for (int i = 3; i < 7; i++) {
        assertThat(available(host, MemorySize.MEDIUM)).isEqualTo(7 - i);
        OpenDisplay.create(host, MemorySize.MEDIUM, uuid(i));
      }
      assertAvailable(host, 0, 0, 0);
      for (MemorySize size : MemorySize.values()) {
        assertThatThrownBy(() -> OpenDisplay.create(host, size, uuid(8)))
            .hasMessageContaining("ENOSPC");
      }
      Files.writeString(host.path("/sys/bus/mdev/devices/" + uuid(0) + "/remove"), "1");
      assertAvailable(host, 16, 4, 1);
    }
  }

  @Test
  void theMemoryIsAParameter() throws IOException {
    try (Host host = OpenDisplay.startHost(Map.of("count", "21"))) {
      assertAvailable(host, 5, 1, 0);
    }
  }

  @Test
  void typesAndDevicesTellTheirMemory() throws IOException {
    try (Host host = OpenDisplay.startHost(Map.of())) {
      OpenDisplay.create(host, MemorySize.MEDIUM, uuid(0));
      assertThat(Files.readString(OpenDisplay.type(host, MemorySize.MEDIUM).resolve("description")))
          .isEqualTo("virtual display, 16 MB video memory\n");
      assertThat(Files.readString(host.path("/sys/bus/mdev/devices/" + uuid(0) + "/vendor/memory")))
          .isEqualTo("16 MB\n");
    }
  }

  private static void assertAvailable(Host host, int small, int medium, int large)
      throws IOException {
    assertThat(available(host, MemorySize.SMALL)).isEqualTo(small);
    assertThat(available(host, MemorySize.MEDIUM)).isEqualTo(medium);
    assertThat(available(host, MemorySize.LARGE)).isEqualTo(large);
  }

  private static int available(Host host, MemorySize size) throws IOException {
    return Integer.parseInt(
        Files.readString(OpenDisplay.type(host, size).resolve("available_instances")).strip());
  }

  private static String uuid(int number) {
    return "11111111-2222-3333-4444-55555555550" + number;
  }
}
