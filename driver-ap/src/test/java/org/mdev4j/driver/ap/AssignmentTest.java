package org.mdev4j.driver.ap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.ap.ApGuest;
import org.mdev4j.ap.ApMask;
import org.mdev4j.device.errno.Errno;

@DisplayName("ap 5, 14: assigning, and what the files show")
class AssignmentTest {
  private final Rig rig = new Rig().reserved();

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  @DisplayName("5.2: adapter or domain first, the last step meets the error; nothing changes")
  void eitherOrder() {
    rig.create(new int[] {5}, new int[] {4});
    String b = rig.create(new int[] {5}, new int[] {});
    assertThat(rig.write(b, "assign_domain", 4)).isEqualTo(Errno.EADDRINUSE);
    assertThat(rig.show(b, "matrix")).isEqualTo("05./");
    String c = rig.create(new int[] {}, new int[] {4});
    assertThat(rig.write(c, "assign_adapter", 5)).isEqualTo(Errno.EADDRINUSE);
    assertThat(rig.show(c, "matrix")).isEqualTo(".0004/");
    String d = rig.create(new int[] {4}, new int[] {});
    assertThat(rig.write(d, "assign_domain", 4)).isEqualTo(Errno.EADDRNOTAVAIL);
    String e = rig.create(new int[] {}, new int[] {0x47});
    assertThat(rig.write(e, "assign_adapter", 4)).isEqualTo(Errno.EADDRNOTAVAIL);
    assertThat(rig.show(e, "matrix") + rig.show(e, "guest_matrix")).isEqualTo(".0047/.0047/");
  }

  @Test
  @DisplayName("5.2: reserved beats shared")
  void reservedFirst() {
    rig.create(new int[] {5}, new int[] {4});
    String b = rig.create(new int[] {4, 5}, new int[] {});
    assertThat(rig.write(b, "assign_domain", 4)).isEqualTo(Errno.EADDRNOTAVAIL);
  }

  @Test
  @DisplayName("2.4: an adapter alone, a domain alone, a control domain can be shared")
  void sharing() {
    String a = rig.create(new int[] {5}, new int[] {4});
    String b = rig.create(new int[] {5}, new int[] {0x47});
    String c = rig.create(new int[] {6}, new int[] {4});
    for (String uuid : List.of(a, b, c)) {
      rig.must(uuid, "assign_control_domain", 4);
      assertThat(rig.show(uuid, "control_domains")).isEqualTo("0004/");
    }
  }

  @Test
  @DisplayName("2.5: removing a device frees its queues for another; unassigning does, too")
  void freed() {
    String a = rig.create(new int[] {5}, new int[] {4});
    String b = rig.create(new int[] {5}, new int[] {});
    assertThat(rig.write(b, "assign_domain", 4)).isEqualTo(Errno.EADDRINUSE);
    assertThat(rig.status("05.0004")).isEqualTo("assigned");
    rig.remove(a);
    assertThat(rig.status("05.0004")).isEqualTo("unassigned");
    rig.must(b, "assign_domain", 4);
    assertThat(rig.show(b, "guest_matrix")).isEqualTo("05.0004/");
    String c = rig.create(new int[] {}, new int[] {4});
    rig.must(b, "unassign_adapter", 5);
    assertThat(rig.status("05.0004")).isEqualTo("unassigned");
    rig.must(c, "assign_adapter", 5);
    assertThat(rig.show(c, "guest_matrix")).isEqualTo("05.0004/");
  }

  @Test
  @DisplayName("5.2 [Q]: a queue that was assigned but filtered is nobody's after an unassign")
  void filteredQueueIsFreed() {
    String a = rig.create(new int[] {5}, new int[] {4, 9});
    assertThat(rig.show(a, "guest_matrix")).isEqualTo("05.0004/");
    rig.must("/sys/kernel/debug/ap/domains", "+9");
    rig.must(Rig.BUS + "drivers/vfio_ap/unbind", "05.0009");
    assertThat(rig.show(a, "guest_matrix")).isEqualTo(".0004/.0009/");
    assertThat(rig.status("05.0004")).isEqualTo("assigned");
    rig.must(a, "unassign_domain", 4);
    assertThat(rig.status("05.0004")).isEqualTo("unassigned");
  }

  @Test
  @DisplayName("5.4: four forms, ascending, lower case; nothing is 0 bytes")
  void forms() {
    String a = rig.create();
    assertThat(rig.show(a, "matrix")).isEmpty();
    assertThat(rig.show(a, "guest_matrix")).isEmpty();
    assertThat(rig.show(a, "control_domains")).isEmpty();
    rig.must(a, "assign_adapter", 6);
    rig.must(a, "assign_adapter", 5);
    assertThat(rig.show(a, "matrix")).isEqualTo("05./06./");
    rig.must(a, "assign_domain", 0xff);
    rig.must(a, "assign_domain", 0xab);
    assertThat(rig.show(a, "matrix")).isEqualTo("05.00ab/05.00ff/06.00ab/06.00ff/");
    rig.must(a, "unassign_adapter", 5);
    rig.must(a, "unassign_adapter", 6);
    assertThat(rig.show(a, "matrix")).isEqualTo(".00ab/.00ff/");
    for (int domain : new int[] {200, 3}) {
      rig.must(a, "assign_control_domain", domain);
    }
    assertThat(rig.show(a, "control_domains")).isEqualTo("0003/00c8/");
  }

  @Test
  @DisplayName("5.4: more than a page is cut after a whole line")
  void page() {
    rig.must(Rig.BUS + "aqmask", "0");
    String a = rig.create();
    rig.must(a, "ap_config", "0x" + "f".repeat(32) + ",0x" + "f".repeat(64) + ",0");
    String matrix = rig.read(rig.file(a, "matrix"));
    assertThat(matrix).hasSize(4096).startsWith("00.0000\n").endsWith("01.00ff\n");
  }

  @Test
  @DisplayName("14: ap_config replaces all three masks or nothing")
  void apConfig() {
    String a = rig.create(new int[] {5}, new int[] {4});
    String b = rig.create(new int[] {6}, new int[] {4});
    ApGuest guest = rig.guest("g");
    rig.open(a, guest);
    String before = rig.read(rig.file(a, "ap_config"));
    String none = ApMask.NONE.toString();
    Map.of(
            "0x05",
            Errno.EINVAL,
            none + "," + none,
            Errno.EINVAL,
            none + "," + none + ",",
            Errno.EINVAL,
            none + "," + none + ",+1",
            Errno.EINVAL,
            ApMask.of(4, 6) + "," + ApMask.of(4) + "," + none,
            Errno.EADDRNOTAVAIL,
            ApMask.of(5, 6, 7) + "," + ApMask.of(4) + "," + none,
            Errno.EADDRINUSE,
            ApMask.of(5, 200) + "," + none + "," + none,
            Errno.ENODEV)
        .forEach(
            (text, errno) -> {
              assertThat(rig.write(a, "ap_config", text)).as(text).isEqualTo(errno);
              assertThat(rig.read(rig.file(a, "ap_config"))).isEqualTo(before);
            });
    assertThat(rig.show(b, "matrix")).isEqualTo("06.0004/");
    int loads = guest.loads();
    String wanted = ApMask.of(5, 6) + "," + ApMask.of(0x47, 0xab) + "," + ApMask.of(4, 9) + "\n";
    rig.must(a, "ap_config", wanted);
    assertThat(rig.read(rig.file(a, "ap_config"))).isEqualTo(wanted);
    assertThat(guest.loads()).as("one to unplug, one to plug").isEqualTo(loads + 2);
    assertThat(guest.masks().apm()).isEqualTo(ApMask.of(5, 6));
    assertThat(guest.masks().aqm()).isEqualTo(ApMask.of(0x47, 0xab));
    assertThat(guest.masks().adm()).isEqualTo(ApMask.of(4));
    assertThat(rig.status("05.0004")).isEqualTo("unassigned");
    rig.must(a, "ap_config", wanted);
    assertThat(guest.loads()).as("nothing has changed").isEqualTo(loads + 2);
  }

  @Test
  @DisplayName("5.3: static assignment, as Linux 5.15")
  void staticAssignment() {
    try (Rig old = new Rig(Map.of("static_assignment", "y")).reserved()) {
      String a = old.create();
      assertThat(old.host.path(old.file(a, "guest_matrix"))).doesNotExist();
      assertThat(old.host.path(old.file(a, "ap_config"))).doesNotExist();
      assertThat(old.host.path("/sys/devices/vfio_ap/matrix/features")).doesNotExist();
      assertThat(old.write(a, "assign_adapter", 7)).isEqualTo(Errno.EADDRNOTAVAIL);
      assertThat(old.write(a, "assign_domain", 9)).isEqualTo(Errno.EADDRNOTAVAIL);
      old.must(a, "assign_adapter", 5);
      assertThat(old.write(a, "assign_domain", 9)).isEqualTo(Errno.EADDRNOTAVAIL);
      old.must(a, "assign_domain", 4);
      old.must(a, "assign_control_domain", 9);
      ApGuest guest = old.guest("g");
      OpenMatrix open = old.open(a, guest);
      assertThat(guest.masks().apm()).isEqualTo(ApMask.of(5));
      assertThat(guest.masks().adm()).as("unfiltered").isEqualTo(ApMask.of(9));
      for (String file : List.of("adapter", "domain", "control_domain")) {
        for (String verb : List.of("assign_", "unassign_")) {
          assertThat(old.write(a, verb + file, "no number")).isEqualTo(Errno.EBUSY);
        }
      }
      open.close();
      old.must(a, "unassign_adapter", 5);
    }
  }
}
