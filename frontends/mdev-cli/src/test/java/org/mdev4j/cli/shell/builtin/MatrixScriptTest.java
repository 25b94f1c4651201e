package org.mdev4j.cli.shell.builtin;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.cli.shell.Screen;
import org.mdev4j.cli.shell.Script;
import org.mdev4j.cli.shell.Session;
import org.mdev4j.device.host.Host;
import org.mdev4j.sim.ap.ApMachines;

/** The worked example of AP matrix devices, typed. */
class MatrixScriptTest {
  private static final String TYPED =
      """
      echo -5,-6,-7 > /sys/bus/ap/apmask
      echo aaaaaaaa-0000-4000-8000-000000000001 > /sys/class/mdev_bus/matrix/mdev_supported_types/vfio_ap-passthrough/create
      cd /sys/bus/mdev/devices/aaaaaaaa-0000-4000-8000-000000000001
      echo 5 > assign_adapter
      echo 0x6 > assign_adapter
      echo 4 > assign_domain
      echo 0xab > assign_domain
      echo 128 > assign_adapter
      echo 4 > assign_adapter
      cat matrix
      open aaaaaaaa-0000-4000-8000-000000000001
      open -g G1 aaaaaaaa-0000-4000-8000-000000000001
      cat /sys/bus/ap/devices/05.0004/status
      echo +6 > /sys/bus/ap/apmask
      echo 06.00ab > /sys/bus/ap/drivers/vfio_ap/unbind
      cat guest_matrix
      echo 05.0004 006869 > /sys/kernel/debug/ap/guests/G1/nqap
      echo 05.0004 > /sys/kernel/debug/ap/guests/G1/dqap
      cat /sys/kernel/debug/ap/guests/G1/replies
      """;

  @Test
  @DisplayName("ap 13: comes out as written")
  void typed() throws Exception {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    try (Host host =
            Host.builder().machine(ApMachines.find(ApMachines.EXAMPLE).orElseThrow()).start();
        Session session = new Session(host, Builtins.all())) {
      host.modules().modprobe("vfio_ap");
      Screen screen = new Screen(new PrintWriter(out), new PrintWriter(err), () -> 0);
      new Script(session, screen, true).run(new StringReader(TYPED));
    }
    assertThat(out.toString())
        .isEqualTo(
            "05.0004\n05.00ab\n06.0004\n06.00ab\nin use\n05.0004\n05.00ab\n05.0004 1 006869\n");
    assertThat(err.toString().lines())
        .satisfiesExactly(
            line -> assertThat(line).contains("ENODEV"),
            line -> assertThat(line).contains("EADDRNOTAVAIL"),
            line -> assertThat(line).contains("EINVAL"),
            line -> assertThat(line).contains("EBUSY"));
  }
}
