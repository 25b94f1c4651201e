package org.mdev4j.samples.mbochs;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.testkit.host.DriverSetup;
import org.mdev4j.testkit.host.OfferedType;
import org.mdev4j.testkit.host.TestHost;

/** How displays share the video memory that there is, and what the tree tells of them. */
class PoolTest {
  private static final DriverSetup MBOCHS = DriverSetup.of(new MbochsModule());

  @Test
  void displaysOfAllSizesShareTheMemory() {
    try (TestHost host = TestHost.start(MBOCHS)) {
      assertAvailable(host, 64, 16, 4);
      List<String> large = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        large.add(create(host, MemorySize.LARGE));
      }
      assertAvailable(host, 16, 4, 1);
      for (int left = 4; left > 0; left--) {
        assertThat(available(host, MemorySize.MEDIUM)).isEqualTo(left);
        create(host, MemorySize.MEDIUM);
      }
      assertAvailable(host, 0, 0, 0);
      for (MemorySize size : MemorySize.values()) {
        TestHost.assertErrno(Errno.ENOSPC, () -> create(host, size));
      }
      host.remove(large.getFirst());
      assertAvailable(host, 16, 4, 1);
    }
  }

  @Test
  void theMemoryIsAParameter() {
    try (TestHost host = TestHost.start(MBOCHS.with("count", "21"))) {
      assertAvailable(host, 5, 1, 0);
    }
  }

  @Test
  void typesAndDevicesTellTheirMemory() {
    try (TestHost host = TestHost.start(MBOCHS)) {
      String display = create(host, MemorySize.MEDIUM);
      assertThat(host.read(type(host, MemorySize.MEDIUM).file("description")))
          .isEqualTo("virtual display, 16 MB video memory\n");
      assertThat(host.read(host.device(display) + "/vendor/memory")).isEqualTo("16 MB\n");
    }
  }

  private static void assertAvailable(TestHost host, int small, int medium, int large) {
    assertThat(available(host, MemorySize.SMALL)).isEqualTo(small);
    assertThat(available(host, MemorySize.MEDIUM)).isEqualTo(medium);
    assertThat(available(host, MemorySize.LARGE)).isEqualTo(large);
  }

  private static OfferedType type(TestHost host, MemorySize size) {
    return host.type(OpenDisplay.typeId(size));
  }

  private static String create(TestHost host, MemorySize size) {
    return host.create(type(host, size));
  }

  private static long available(TestHost host, MemorySize size) {
    return host.available(type(host, size));
  }
}
