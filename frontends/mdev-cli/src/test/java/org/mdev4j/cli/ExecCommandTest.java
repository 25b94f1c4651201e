package org.mdev4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mdev4j.test.Need;
import org.mdev4j.test.Needs;

/** {@code mdev exec}, as root and with a real {@code /dev/fuse}. What the machine has stays. */
@Needs({Need.ROOT, Need.FUSE})
class ExecCommandTest {
  private static final Path MOUNTS = Path.of("/proc/self/mountinfo");

  private List<String> mountsBefore = List.of();

  @BeforeEach
  void look() throws Exception {
    mountsBefore = mountsOfSys();
  }

  @AfterEach
  void nothingStays() throws Exception {
    assertThat(mountsOfSys()).isEqualTo(mountsBefore);
  }

  @ParameterizedTest
  @CsvSource({"0", "7", "255"})
  void theStatusIsThatOfTheProgram(int status) throws Exception {
    assertThat(exec(List.of(), "exec", "--", "sh", "-c", "exit " + status)).isEmpty();
    assertThat(lastStatus).isEqualTo(status);
  }

  @Test
  void whatCanNotBeRunHasTheStatusOfAShell(@TempDir Path directory) throws Exception {
    exec(List.of(), "exec", "no-such-program");
    assertThat(lastStatus).isEqualTo(127);
    assertThat(lastErrors).containsExactly("mdev: there is no program no-such-program");
    String plain = Files.createFile(directory.resolve("plain")).toString();
    exec(List.of(), "exec", plain);
    assertThat(lastStatus).isEqualTo(126);
    assertThat(lastErrors).containsExactly("mdev: can't run " + plain + "; is it a program?");
  }

  @Test
  void optionsAfterTheProgramAreItsOwn() throws Exception {
    assertThat(exec(List.of(), "exec", "echo", "--merge", "-x")).containsExactly("--merge -x");
  }

  @Test
  void theProgramSeesTheTreeAlone() throws Exception {
    String look = "ls /sys; ls /sys/class/mdev_bus; echo $SYSTEMD_DEVICE_VERIFY_SYSFS";
    assertThat(exec(List.of(), "exec", "--modules", "mtty,mdpy", "--", "sh", "-c", look))
        .containsExactly("bus", "class", "devices", "kernel", "module", "mdpy", "mtty", "0");
    assertThat(lastStatus).isZero();
  }

  @Test
  void mergedItSeesBothAndTheTreeLives() throws Exception {
    String uuid = "c0ffee00-0001-4000-8000-000000000001";
    String look =
        """
        cat /sys/class/net/lo/address
        cd /sys/class/mdev_bus/mtty
        echo %1$s > mdev_supported_types/mtty-1/create
        ls /sys/bus/mdev/devices
        test -d /sys/devices/virtual/net/lo && test -d /sys/devices/virtual/mtty && echo both
        echo 1 > %1$s/remove
        ls /sys/bus/mdev/devices
        """
            .formatted(uuid);
    List<String> printed =
        exec(List.of(), "exec", "--merge", "--modules", "mtty", "--", "sh", "-c", look);
    assertThat(lastErrors).isEmpty();
    assertThat(printed).containsExactly("00:00:00:00:00:00", uuid, "both");
  }

  @Test
  @Needs(Need.USER_NAMESPACES)
  void inAUserNamespace() throws Exception {
    List<String> printed =
        exec(
            List.of("unshare", "--user", "--map-root-user"),
            "exec",
            "--modules",
            "mtty",
            "--",
            "cat",
            "/sys/class/mdev_bus/mtty/mdev_supported_types/mtty-1/available_instances");
    assertThat(lastErrors).isEmpty();
    assertThat(printed).containsExactly("24");
  }

  @Test
  void sigtermEndsTheProgramFirst() throws Exception {
    try (MdevProcess exec =
        MdevProcess.start(
            "exec",
            "--",
            "sh",
            "-c",
            "trap 'echo ended; exit 5' TERM; echo on; sleep 1000 & wait")) {
      assertThat(exec.nextLine()).isEqualTo("on");
      exec.signal("INT");
      exec.signal("TERM");
      assertThat(exec.nextLine()).isEqualTo("ended");
      assertThat(exec.status()).isEqualTo(5);
    }
  }

  @Test
  void twoHundredLoopsAtOnceLeaveACleanTree() throws Exception {
    String loops =
        """
        cd /sys/class/mdev_bus/mdpy/mdev_supported_types/mdpy-vga
        for loop in $(seq 200); do
          (
            for round in 1 2 3; do
              read uuid < /proc/sys/kernel/random/uuid
              echo $uuid > create || echo "create failed"
              test -f /sys/bus/mdev/devices/$uuid/remove || echo "not there"
              echo 1 > /sys/bus/mdev/devices/$uuid/remove || echo "remove failed"
              test -e /sys/bus/mdev/devices/$uuid && echo "still there"
            done
          ) &
        done
        wait
        cat available_instances
        ls /sys/bus/mdev/devices devices /sys/kernel/iommu_groups
        find /sys/devices/virtual/mdpy/mdpy -maxdepth 1 -name "*-*-*-*-*"
        find /sys > /dev/null
        """;
    List<String> printed =
        exec(
            List.of(),
            "exec",
            "--modules",
            "mdpy",
            "--param",
            "mdpy.count=200",
            "--",
            "sh",
            "-c",
            loops);
    assertThat(lastErrors).isEmpty();
    assertThat(printed)
        .containsExactly(
            "200", "/sys/bus/mdev/devices:", "", "/sys/kernel/iommu_groups:", "", "devices:");
  }

  private int lastStatus;
  private List<String> lastErrors = List.of();

  private List<String> exec(List<String> starter, String... arguments) throws Exception {
    try (MdevProcess exec = MdevProcess.startBy(starter, arguments)) {
      List<String> printed = exec.restOfOutput();
      lastStatus = exec.status();
      lastErrors = exec.errors();
      return printed;
    }
  }

  private static List<String> mountsOfSys() throws IOException {
    return Files.readAllLines(MOUNTS).stream()
        .filter(line -> line.split(" ")[4].startsWith("/sys"))
        .toList();
  }
}
