package org.mdev4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.mdev4j.test.Need;
import org.mdev4j.test.Needs;

/** A mounted tree answers as this machine's own sysfs does, whatever a shell can ask. */
@Needs({Need.ROOT, Need.FUSE})
class SysfsProbesTest {
  private static final String SCRIPT = "src/test/sysfs/probes.sh";
  private static final int LEAST_PROBES = 45;

  @Test
  void theMountAnswersAsTheKernelDoes() throws Exception {
    List<String> kernels;
    Process probes = new ProcessBuilder("sh", SCRIPT, "platform", "net/lo", "ifindex").start();
    try {
      kernels = probes.inputReader().lines().toList();
      assertThat(probes.waitFor(120, TimeUnit.SECONDS)).isTrue();
      assertThat(probes.errorReader().lines()).isEmpty();
    } finally {
      probes.destroyForcibly();
    }
    assertThat(kernels).hasSizeGreaterThan(LEAST_PROBES);

    try (MdevProcess exec =
        MdevProcess.start(
            "exec",
            "--modules",
            "mtty",
            "--",
            "sh",
            SCRIPT,
            "mdev",
            "mdev_bus/mtty",
            "mdev_supported_types/mtty-1/device_api")) {
      assertThat(exec.restOfOutput()).isEqualTo(kernels);
      assertThat(exec.errors()).isEmpty();
    }
  }
}
