package org.mdev4j.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.mdev4j.test.Need;
import org.mdev4j.test.Needs;

/** {@code mdev up --mount}, as root and with a real {@code /dev/fuse}. */
@Needs({Need.ROOT, Need.FUSE})
class MountedHostTest {
  private static final String UUID = "c0ffee00-0001-4000-8000-000000000001";

  @TempDir Path directory;

  private String out = "";
  private String err = "";

  @AfterEach
  void nothingStaysMounted() throws Exception {
    while (isMounted()) {
      new ProcessBuilder("umount", "-l", directory.toString()).inheritIO().start().waitFor();
    }
  }

  @Test
  void theVerbsWorkOnIt() throws Exception {
    String sysfs = directory.toString();
    try (MdevProcess up = up()) {
      assertThat(verb("types", "--sysfs", sysfs)).isZero();
      assertThat(out).contains("mtty    mtty-1  vfio-pci  24         Single port serial");
      assertThat(verb("create", "mtty", "1", UUID, "--sysfs", sysfs)).isZero();
      assertThat(verb("create", "mtty", "1", UUID, "--sysfs", sysfs)).isOne();
      assertThat(err).contains("EEXIST");
      assertThat(verb("list", "--sysfs", sysfs)).isZero();
      assertThat(out).contains(UUID + "  mtty    mtty-1  mtty");
      assertThat(verb("remove", UUID, "--sysfs", sysfs)).isZero();
      assertThat(verb("list", "--sysfs", sysfs)).isZero();
      assertThat(out).isEmpty();
      up.signal("TERM");
      assertThat(up.status()).isZero();
      assertThat(up.errors()).isEmpty();
    }
    assertThat(isMounted()).isFalse();
    assertThat(directory).isEmptyDirectory();
  }

  @Test
  void unmountsOnControlCWithAFileOpen() throws Exception {
    try (MdevProcess up = up();
        var open = Files.newInputStream(directory.resolve("class/mdev_bus/mtty/uevent"))) {
      up.signal("INT");
      assertThat(up.status()).isZero();
      assertThat(isMounted()).isFalse();
      assertThat(open.getClass()).isNotNull();
    }
  }

  @Test
  void startsAgainWhereAKilledOneWas() throws Exception {
    try (MdevProcess killed = up()) {
      killed.signal("KILL");
      killed.status();
    }
    assertThat(isMounted()).isTrue();
    assertThat(Files.exists(directory.resolve("class"))).isFalse();
    try (MdevProcess again = up()) {
      assertThat(directory.resolve("class/mdev_bus/mtty")).exists();
      again.signal("TERM");
      assertThat(again.status()).isZero();
    }
    assertThat(isMounted()).isFalse();
  }

  @Test
  void whoIsAliveIsNotDisturbed() throws Exception {
    try (MdevProcess first = up();
        MdevProcess second = MdevProcess.start("up", "--mount", directory.toString())) {
      assertThat(second.status()).isOne();
      assertThat(second.errors())
          .containsExactly("mdev: another host is mounted at " + directory + ", and alive");
      assertThat(directory.resolve("class/mdev_bus/mtty")).exists();
      first.signal("TERM");
      assertThat(first.status()).isZero();
    }
  }

  @Test
  void withoutTheRightToMountItSaysWhatToDo() throws Exception {
    try (MdevProcess up =
        MdevProcess.startBy(
            java.util.List.of("setpriv", "--bounding-set=-sys_admin", "--inh-caps=-sys_admin"),
            "up",
            "--mount",
            directory.toString())) {
      assertThat(up.status()).isOne();
      assertThat(up.restOfOutput()).isEmpty();
      assertThat(up.errors())
          .singleElement()
          .asString()
          .startsWith(
              "mdev: can't mount at " + directory + ": that is not permitted; run it as root");
    }
  }

  private MdevProcess up() throws Exception {
    MdevProcess up = MdevProcess.start("up", "--modules", "mtty", "--mount", directory.toString());
    try {
      assertThat(up.nextLine()).isEqualTo("ready");
      return up;
    } catch (Throwable failure) {
      up.close();
      throw failure;
    }
  }

  private boolean isMounted() throws Exception {
    Process look = new ProcessBuilder("mountpoint", "-q", directory.toString()).start();
    assertThat(look.waitFor(60, TimeUnit.SECONDS)).isTrue();
    // A dead mount can't be looked at, but is in the list.
    return look.exitValue() == 0
        || Files.readString(Path.of("/proc/self/mountinfo")).contains(" " + directory + " ");
  }

  private int verb(String... arguments) {
    StringWriter printed = new StringWriter();
    StringWriter complained = new StringWriter();
    int status =
        Main.commandLine()
            .setOut(new PrintWriter(printed))
            .setErr(new PrintWriter(complained))
            .execute(arguments);
    out = printed.toString();
    err = complained.toString();
    return status;
  }
}
