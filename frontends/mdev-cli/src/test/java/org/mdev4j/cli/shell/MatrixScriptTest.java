package org.mdev4j.cli.shell;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.PrintWriter;
import java.io.StringReader;
import java.io.StringWriter;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.ap.ApGuest;
import org.mdev4j.ap.GuestFeatures;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.Host;
import org.mdev4j.sim.ap.ApMachines;
import org.mdev4j.sim.ap.ApPanel;
import org.mdev4j.vfio.OpenDevice;
import org.mdev4j.vfio.Vfio;

/** The worked example of AP matrix devices, typed. */
class MatrixScriptTest {
  private static final String UUID = "aaaaaaaa-0000-4000-8000-000000000001";

  private static final String BEFORE_USE =
      """
      echo -5,-6,-7 > /sys/bus/ap/apmask
      echo UUID > /sys/class/mdev_bus/matrix/mdev_supported_types/vfio_ap-passthrough/create
      echo 5 > bus/mdev/devices/UUID/assign_adapter
      echo 0x6 > bus/mdev/devices/UUID/assign_adapter
      echo 4 > bus/mdev/devices/UUID/assign_domain
      echo 0xab > bus/mdev/devices/UUID/assign_domain
      echo 128 > bus/mdev/devices/UUID/assign_adapter
      echo 4 > bus/mdev/devices/UUID/assign_adapter
      cat bus/mdev/devices/UUID/matrix
      """
          .replace("UUID", UUID);

  private static final String IN_USE =
      """
      cat /sys/bus/ap/devices/05.0004/status
      echo +6 > /sys/bus/ap/apmask
      echo 06.00ab > /sys/bus/ap/drivers/vfio_ap/unbind
      cat bus/mdev/devices/UUID/guest_matrix
      echo 05.0004 006869 > /sys/kernel/debug/ap/guests/G1/nqap
      echo 05.0004 > /sys/kernel/debug/ap/guests/G1/dqap
      cat /sys/kernel/debug/ap/guests/G1/replies
      """
          .replace("UUID", UUID);

  @Test
  @DisplayName("ap 13: comes out as written")
  void typed() throws Exception {
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    try (Host host =
            Host.builder().machine(ApMachines.find(ApMachines.EXAMPLE).orElseThrow()).start();
        ShellSession session = new ShellSession(host, new PrintWriter(out), new PrintWriter(err))) {
      host.modules().modprobe("vfio_ap");
      host.modules().modprobe("vfio_iommu_type1");
      session.run(new StringReader(BEFORE_USE), true);
      Vfio vfio = host.service(Vfio.class);
      assertThatThrownBy(() -> vfio.openDevice(UUID, "nobody's"))
          .extracting(refusal -> ((ErrnoException) refusal).errno())
          .isEqualTo(Errno.EINVAL);
      ApGuest guest = host.service(ApPanel.class).guest("G1", GuestFeatures.all());
      try (OpenDevice _ = vfio.openDevice(UUID, "guest G1", guest)) {
        session.run(new StringReader(IN_USE), true);
      }
    }
    assertThat(out.toString())
        .isEqualTo(
            "05.0004\n05.00ab\n06.0004\n06.00ab\nin use\n05.0004\n05.00ab\n05.0004 1 006869\n");
    assertThat(err.toString().lines())
        .satisfiesExactly(
            line -> assertThat(line).contains("ENODEV"),
            line -> assertThat(line).contains("EADDRNOTAVAIL"),
            line -> assertThat(line).contains("EBUSY"));
  }
}
