package org.mdev4j.driver.ap;

import static org.assertj.core.api.Assertions.assertThat;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.ap.ApGuest;
import org.mdev4j.ap.ApMask;
import org.mdev4j.ap.ApMatrix;
import org.mdev4j.ap.Apqn;
import org.mdev4j.ap.ResponseCode;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.sim.ap.Instruction;

@DisplayName("ap 13: the worked example")
class WorkedExampleTest {
  private static final String FOUR = "05.0004/05.00ab/06.0004/06.00ab/";
  private static final String ADAPTERS = "/sys/kernel/debug/ap/adapters";

  private final Rig rig = new Rig();

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  @DisplayName("from the reservation to the close, byte for byte")
  void all() {
    rig.must(Rig.BUS + "apmask", "-5,-6,-7");
    assertThat(rig.read(Rig.BUS + "apmask")).isEqualTo("0xf8" + "f".repeat(62) + "\n");
    for (Apqn apqn : rig.ap.qci().matrix().withAdapters(ApMask.of(5, 6)).queues()) {
      assertThat(rig.driver(apqn.toString())).isEqualTo("vfio_ap");
      assertThat(rig.read(Rig.BUS + "devices/" + apqn + "/status")).isEqualTo("unassigned\n");
    }
    String a = rig.create();
    step(a, "assign_adapter", "5", null, "05./", "05./");
    step(a, "assign_adapter", "0x6", null, "05./06./", "05./06./");
    step(a, "assign_domain", "4", null, "05.0004/06.0004/", "05.0004/06.0004/");
    step(a, "assign_domain", "0xab", null, FOUR, FOUR);
    step(a, "assign_domain", "171", null, FOUR, FOUR);
    step(a, "assign_adapter", "128", Errno.ENODEV, FOUR, FOUR);
    step(a, "assign_adapter", "4", Errno.EADDRNOTAVAIL, FOUR, FOUR);
    step(a, "assign_domain", "256", Errno.ENODEV, FOUR, FOUR);
    step(a, "assign_control_domain", "4", null, FOUR, FOUR);
    step(a, "assign_control_domain", "0x47", null, FOUR, FOUR);
    step(a, "assign_control_domain", "16", null, FOUR, FOUR);
    assertThat(rig.show(a, "control_domains")).isEqualTo("0004/0010/0047/");
    assertThat(rig.show(a, "ap_config"))
        .isEqualTo(
            "0x0600000000000000000000000000000000000000000000000000000000000000,"
                + "0x0800000000000000000000000000000000000000001000000000000000000000,"
                + "0x0800800000000000010000000000000000000000000000000000000000000000/");

    String b = rig.create();
    step(b, "assign_domain", "0x47", null, ".0047/", ".0047/");
    step(b, "assign_adapter", "5", null, "05.0047/", "05.0047/");
    step(b, "assign_domain", "0xab", Errno.EADDRINUSE, "05.0047/", "05.0047/");
    step(b, "assign_adapter", "4", Errno.EADDRNOTAVAIL, "05.0047/", "05.0047/");
    step(b, "assign_adapter", "7", null, "05.0047/07.0047/", "05.0047/");
    step(b, "assign_control_domain", "4", null, "05.0047/07.0047/", "05.0047/");

    ApGuest g1 = rig.guest("G1");
    ApGuest g2 = rig.guest("G2");
    OpenMatrix open = rig.open(a, g1);
    assertThat(g1.masks())
        .isEqualTo(new ApMatrix(ApMask.of(5, 6), ApMask.of(4, 0xab), ApMask.of(4, 0x47)));
    assertThat(rig.status("05.0004")).isEqualTo("in use");
    assertThat(rig.status("05.0047")).isEqualTo("assigned");
    assertThat(rig.status("05.00ff")).isEqualTo("unassigned");
    assertThat(openRefused(b, g1)).isEqualTo(Errno.EPERM);
    rig.open(b, g2);

    assertThat(rig.write(Rig.BUS + "apmask", "+6")).isEqualTo(Errno.EBUSY);
    assertThat(rig.write(Rig.BUS + "apmask", "+7")).isEqualTo(Errno.EBUSY);
    rig.must(Rig.BUS + "aqmask", "-0x47");
    assertThat(rig.driver("04.0047")).isEqualTo("vfio_ap");
    step(b, "assign_adapter", "4", null, "04.0047/05.0047/07.0047/", "04.0047/05.0047/");
    assertThat(rig.write(Rig.BUS + "aqmask", "+0x47")).isEqualTo(Errno.EBUSY);

    rig.must(Rig.BUS + "drivers/vfio_ap/unbind", "06.00ab");
    shows(a, FOUR, "05.0004/05.00ab/");
    assertThat(g1.masks().apm()).isEqualTo(ApMask.of(5));
    assertThat(g1.nqap(new Apqn(6, 4), 1, new byte[1]).response())
        .isEqualTo(ResponseCode.NOT_AVAILABLE);
    rig.must(Rig.BUS + "drivers/vfio_ap/bind", "06.00ab");
    shows(a, FOUR, FOUR);

    int loads = g1.loads();
    long resets = rig.panel.issued(new Apqn(5, 4), Instruction.ZAPQ);
    rig.must(ADAPTERS, "-5");
    shows(a, FOUR, "06.0004/06.00ab/");
    shows(b, "04.0047/05.0047/07.0047/", "04.0047/");
    assertThat(rig.panel.issued(new Apqn(5, 4), Instruction.ZAPQ)).isEqualTo(resets);
    rig.must(ADAPTERS, "+5");
    shows(a, FOUR, FOUR);
    shows(b, "04.0047/05.0047/07.0047/", "04.0047/05.0047/");
    assertThat(g1.loads()).as("one to lose it, one to have it back").isEqualTo(loads + 2);

    open.close();
    assertThat(g1.masks()).isEqualTo(ApMatrix.EMPTY);
    assertThat(rig.status("05.0004")).isEqualTo("assigned");
    shows(a, FOUR, FOUR);
  }

  private void step(
      String uuid, String file, String text, @Nullable Errno answer, String matrix, String guest) {
    assertThat(rig.write(uuid, file, text)).as(file + " " + text).isEqualTo(answer);
    shows(uuid, matrix, guest);
  }

  private void shows(String uuid, String matrix, String guestMatrix) {
    assertThat(rig.show(uuid, "matrix")).isEqualTo(matrix);
    assertThat(rig.show(uuid, "guest_matrix")).isEqualTo(guestMatrix);
  }

  private @Nullable Errno openRefused(String uuid, ApGuest guest) {
    try {
      rig.open(uuid, guest);
      return null;
    } catch (ErrnoException refusal) {
      return refusal.errno();
    }
  }
}
