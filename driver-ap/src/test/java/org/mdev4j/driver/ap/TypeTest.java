package org.mdev4j.driver.ap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.Host;
import org.mdev4j.mdev.Mdev;

@DisplayName("ap 2, 4: the matrix device and its type")
class TypeTest {
  private static final String UUID = "00000000-0000-4000-8000-00000000000";

  @Test
  @DisplayName("4: directory, name, device_api; no description; 65536, 65535, 65536")
  void type() {
    try (Rig rig = new Rig()) {
      assertThat(rig.read(Rig.TYPE + "name")).isEqualTo("VFIO AP Passthrough Device\n");
      assertThat(rig.read(Rig.TYPE + "device_api")).isEqualTo("vfio-ap\n");
      assertThat(Files.exists(rig.host.path(Rig.TYPE + "description"))).isFalse();
      assertThat(rig.read(Rig.TYPE + "available_instances")).isEqualTo("65536\n");
      String uuid = rig.create();
      assertThat(rig.read(Rig.TYPE + "available_instances")).isEqualTo("65535\n");
      rig.remove(uuid);
      assertThat(rig.read(Rig.TYPE + "available_instances")).isEqualTo("65536\n");
    }
  }

  @Test
  @DisplayName("2.1: bus matrix, its driver without bind and unbind, features")
  void matrixDevice() {
    try (Rig rig = new Rig()) {
      String driver = "/sys/bus/matrix/drivers/vfio_ap";
      assertThat(rig.host.path(driver + "/matrix")).exists();
      assertThat(rig.host.path(driver + "/bind")).doesNotExist();
      assertThat(rig.host.path(driver + "/unbind")).doesNotExist();
      assertThat(rig.read("/sys/devices/vfio_ap/matrix/features"))
          .isEqualTo("guest_matrix hotplug ap_config\n");
      assertThat(rig.host.path("/sys/bus/mdev/drivers/vfio_ap_mdev")).exists();
    }
  }

  @Test
  @DisplayName("4: a UUID twice EEXIST, a bad one EINVAL, none left EUSERS")
  void createErrors() {
    try (Rig rig = new Rig()) {
      rig.must(Rig.TYPE + "create", UUID + "1");
      assertThat(rig.write(Rig.TYPE + "create", UUID + "1")).isEqualTo(Errno.EEXIST);
      assertThat(rig.write(Rig.TYPE + "create", UUID)).isEqualTo(Errno.EINVAL);
      assertThat(rig.write(Rig.TYPE + "create", UUID + "x")).isEqualTo(Errno.EINVAL);
      assertThat(rig.write(Rig.TYPE + "create", UUID + "12\n")).isEqualTo(Errno.EINVAL);
    }
    try (Rig rig = new Rig(Map.of("max_instances", "1"))) {
      rig.must(Rig.TYPE + "create", UUID + "1");
      assertThat(rig.write(Rig.TYPE + "create", UUID + "2")).isEqualTo(Errno.EUSERS);
    }
  }

  @Test
  @DisplayName("2.1: without AP instructions ENODEV; unloading lets everything go")
  void loadAndUnload() {
    try (Host host = Host.start()) {
      assertThatThrownBy(() -> host.modules().modprobe("vfio_ap"))
          .isInstanceOfSatisfying(
              ErrnoException.class, refusal -> assertThat(refusal.errno()).isEqualTo(Errno.ENODEV))
          .hasMessageContaining("ap-example");
    }
    try (Rig rig = new Rig().reserved()) {
      String uuid = rig.create(new int[] {5}, new int[] {4});
      assertThat(rig.driver("05.0004")).isEqualTo("vfio_ap");
      rig.host.modules().rmmod("vfio_ap");
      assertThat(rig.host.path("/sys/bus/mdev/devices/" + uuid)).doesNotExist();
      assertThat(rig.host.path("/sys/devices/vfio_ap")).doesNotExist();
      assertThat(rig.driver("05.0004")).isNull();
      assertThat(rig.host.service(Mdev.class).deviceCount()).isZero();
      rig.host.modules().modprobe("vfio_ap");
      assertThat(rig.driver("05.0004")).isEqualTo("vfio_ap");
      assertThat(rig.status("05.0004")).isEqualTo("unassigned");
    }
  }
}
