package org.mdev4j.driver.ap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.ap.ApGuest;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.sim.ap.ApMachines;

@DisplayName("ap 5.1: what the six files take")
class InputTest {
  private static final Map<String, Integer> GOOD =
      Map.of(
          "5", 5, "0x5", 5, "0X5", 5, "05", 5, "+5", 5, "0xab", 171, "171", 171, "010", 8, "0", 0,
          "00", 0);
  private static final List<String> BAD =
      List.of("abc", "5 ", " 5", "5,6", "-1", "08", "0x", "++5", "+", "5\n\n", "0xg", "1_0", "\n");
  private static final List<String> HUGE =
      List.of("18446744073709551616", "0x10000000000000000", "99999999999999999999999");

  private final Rig rig = new Rig().reserved();
  private String uuid;

  @BeforeEach
  void create() {
    uuid = rig.create();
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @ParameterizedTest
  @ValueSource(strings = {"adapter", "domain", "control_domain"})
  @DisplayName("5.1: every row, with and without newline")
  void rows(String what) {
    GOOD.forEach(
        (text, number) -> {
          Errno expected = what.equals("adapter") && number > 127 ? Errno.ENODEV : null;
          for (String newline : List.of("", "\n")) {
            assertThat(rig.write(uuid, "assign_" + what, text + newline)).isEqualTo(expected);
            if (expected == null) {
              assertThat(assigned(what)).isEqualTo(line(what, number));
            }
            assertThat(rig.write(uuid, "unassign_" + what, text + newline)).isEqualTo(expected);
            assertThat(assigned(what)).isEmpty();
          }
        });
    for (String verb : List.of("assign_", "unassign_")) {
      for (String bad : BAD) {
        assertThat(rig.write(uuid, verb + what, bad)).as(bad).isEqualTo(Errno.EINVAL);
      }
      for (String huge : HUGE) {
        assertThat(rig.write(uuid, verb + what, huge)).as(huge).isEqualTo(Errno.ERANGE);
      }
      assertThat(rig.write(uuid, verb + what, "18446744073709551615")).isEqualTo(Errno.ENODEV);
    }
    assertThat(assigned(what)).isEmpty();
  }

  private String assigned(String what) {
    return rig.show(uuid, what.equals("control_domain") ? "control_domains" : "matrix");
  }

  private static String line(String what, int number) {
    return switch (what) {
      case "adapter" -> String.format("%02x./", number);
      case "domain" -> String.format(".%04x/", number);
      default -> String.format("%04x/", number);
    };
  }

  @Test
  @DisplayName("5.2: the maximum and one more")
  void maxima() {
    checkMaxima(rig, uuid, 127, 255);
  }

  @Test
  @DisplayName("2.2: without APXA the maxima are 63 and 15")
  void maximaWithoutApxa() {
    try (Rig old = new Rig(ApMachines.of("old", "{\"apxa\": false}"), Map.of())) {
      old.must(Rig.BUS + "apmask", "0");
      checkMaxima(old, old.create(), 63, 15);
    }
  }

  private static void checkMaxima(Rig rig, String uuid, int adapter, int domain) {
    Map.of("adapter", adapter, "domain", domain, "control_domain", domain)
        .forEach(
            (what, most) -> {
              for (String verb : List.of("assign_", "unassign_")) {
                assertThat(rig.write(uuid, verb + what, most)).isNull();
                assertThat(rig.write(uuid, verb + what, most + 1)).isEqualTo(Errno.ENODEV);
              }
            });
  }

  @Test
  @DisplayName("5.2: a repeated assign or unassign succeeds without a reload of the guest")
  void repeated() {
    ApGuest guest = rig.guest("g");
    rig.open(uuid, guest);
    for (String what : List.of("adapter 5", "domain 4", "control_domain 4")) {
      String file = what.split(" ")[0];
      String number = what.split(" ")[1];
      rig.must(uuid, "assign_" + file, number);
      int loads = guest.loads();
      rig.must(uuid, "assign_" + file, number);
      rig.must(uuid, "unassign_" + file, 9);
      assertThat(guest.loads()).isEqualTo(loads);
    }
  }
}
