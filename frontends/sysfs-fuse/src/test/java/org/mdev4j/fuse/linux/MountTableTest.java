package org.mdev4j.fuse.linux;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.mdev4j.fuse.linux.MountTable.Mount;

class MountTableTest {
  @Test
  void theLastMountOfAPathIsSeen() {
    MountTable table =
        MountTable.parse(
            """
            22 1 0:21 / /sys rw,relatime shared:7 - sysfs sysfs rw
            23 1 0:22 / /mnt/a\\040b\\134c rw - tmpfs tmpfs rw
            24 23 0:23 / /mnt/a\\040b\\134c rw - fuse.mdev4j mdev4j rw,user_id=0
            nonsense
            """);
    assertThat(table.mounts()).hasSize(3);
    assertThat(table.at(Path.of("/sys"))).contains(new Mount(Path.of("/sys"), "sysfs"));
    Path odd = Path.of("/mnt/a b\\c");
    assertThat(table.at(odd)).contains(new Mount(odd, "fuse.mdev4j"));
    assertThat(table.at(Path.of("/"))).isEmpty();
  }

  @Test
  void readsThisMachines() throws Exception {
    assertThat(MountTable.read().at(Path.of("/proc"))).map(Mount::type).contains("proc");
  }
}
