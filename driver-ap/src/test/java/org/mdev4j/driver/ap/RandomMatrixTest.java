package org.mdev4j.driver.ap;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.ap.ApGuest;
import org.mdev4j.device.errno.Errno;

/**
 * Random operations of administrators, operators and guests, against {@link SimpleMatrix}. After
 * each step every attribute is compared, and the masks of every guest.
 */
@DisplayName("ap: 10,000 random steps against a simple model")
class RandomMatrixTest {
  private static final int STEPS = 10_000;
  private static final int[] ADAPTERS = {4, 5, 6, 7, 128};
  private static final int[] DOMAINS = {4, 0x47, 0xab, 0xff, 9, 256};
  private static final List<String> KINDS = List.of("adapter", "domain", "control_domain");

  private final SimpleMatrix model = new SimpleMatrix();
  private final Map<String, OpenMatrix> open = new HashMap<>();

  @ParameterizedTest
  @ValueSource(longs = {1, 2})
  void walk(long seed) {
    Random random = new Random(seed);
    try (Rig rig = new Rig()) {
      for (int step = 0; step < STEPS; step++) {
        String what = "seed " + seed + " step " + step + ": ";
        try {
          what += step(rig, random);
          compare(rig);
        } catch (AssertionError | RuntimeException failure) {
          throw new AssertionError(what, failure);
        }
      }
      assertThat(model.devices).isNotEmpty();
    }
  }

  private String step(Rig rig, Random random) {
    int kind = random.nextInt(100);
    if (model.devices.isEmpty() || (kind < 4 && model.devices.size() < 4)) {
      model.devices.put(rig.create(), new SimpleMatrix.Device());
      return "create";
    }
    String uuid = pick(random, List.copyOf(model.devices.keySet()));
    if (kind < 6) {
      close(uuid);
      rig.remove(uuid);
      model.devices.remove(uuid);
      return "remove " + uuid;
    }
    if (kind < 12) {
      return open.containsKey(uuid) ? "close " + close(uuid) : "open " + open(rig, uuid);
    }
    if (kind < 65) {
      return assign(rig, uuid, random);
    }
    if (kind < 80) {
      boolean adapters = random.nextInt(3) > 0;
      boolean reserve = random.nextInt(3) == 0;
      int number = adapters ? 4 + random.nextInt(4) : pick(random, DOMAINS, 5);
      String change = (reserve ? "+" : "-") + number;
      String file = adapters ? "apmask" : "aqmask";
      check(rig.write(Rig.BUS + file, change), model.mask(adapters, reserve, number), change);
      return file + " " + change;
    }
    if (kind < 90) {
      String what = List.of("adapters", "domains", "control_domains").get(random.nextInt(3));
      boolean gained = random.nextInt(5) > 1;
      int number = what.equals("adapters") ? 4 + random.nextInt(3) : pick(random, DOMAINS, 5);
      String change = (gained ? "+" : "-") + number;
      rig.must("/sys/kernel/debug/ap/" + what, change);
      model.host(what, gained, number);
      return what + " " + change;
    }
    return bindOrUnbind(rig, random);
  }

  private String assign(Rig rig, String uuid, Random random) {
    String what = pick(random, KINDS);
    int number = what.equals("adapter") ? pick(random, ADAPTERS, 5) : pick(random, DOMAINS, 6);
    boolean assigns = random.nextInt(5) > 1;
    String file = (assigns ? "assign_" : "unassign_") + what;
    check(
        rig.write(uuid, file, number),
        assigns ? model.assign(uuid, what, number) : model.unassign(uuid, what, number),
        file + " " + number);
    return uuid + " " + file + " " + number;
  }

  private String bindOrUnbind(Rig rig, Random random) {
    int queue = (4 + random.nextInt(3)) << 8 | pick(random, DOMAINS, 5);
    String name = String.format("%02x.%04x", queue >> 8, queue & 255);
    if (model.isBound(queue)) {
      rig.must(Rig.BUS + "drivers/vfio_ap/unbind", name);
      model.unbind(queue);
      return "unbind " + name;
    }
    if (model.unbound.contains(queue)) {
      rig.must(Rig.BUS + "drivers/vfio_ap/bind", name);
      model.bind(queue);
      return "bind " + name;
    }
    assertThat(rig.write(Rig.BUS + "drivers/vfio_ap/bind", name)).isEqualTo(Errno.ENODEV);
    return "refused bind " + name;
  }

  private String open(Rig rig, String uuid) {
    open.put(uuid, rig.open(uuid, rig.guest("of " + uuid)));
    model.devices.get(uuid).open = true;
    return uuid;
  }

  private String close(String uuid) {
    OpenMatrix closed = open.remove(uuid);
    if (closed != null) {
      closed.close();
    }
    model.devices.get(uuid).open = false;
    return uuid;
  }

  private void compare(Rig rig) {
    assertThat(rig.read(Rig.BUS + "apmask")).isEqualTo(SimpleMatrix.mask(model.apmask) + "\n");
    assertThat(rig.read(Rig.BUS + "aqmask")).isEqualTo(SimpleMatrix.mask(model.aqmask) + "\n");
    model.devices.forEach((uuid, device) -> compare(rig, uuid, device));
    for (int adapter = 4; adapter < 7; adapter++) {
      for (int domain : DOMAINS) {
        if (domain < 256) {
          compareStatus(rig, adapter << 8 | domain);
        }
      }
    }
  }

  private void compareStatus(Rig rig, int queue) {
    String file = Rig.BUS + String.format("devices/%02x.%04x/status", queue >> 8, queue & 255);
    String shown = Files.exists(rig.host.path(file)) ? rig.read(file) : null;
    assertThat(shown).as(file).isEqualTo(model.status(queue));
  }

  private static void compare(Rig rig, String uuid, SimpleMatrix.Device device) {
    assertThat(rig.read(rig.file(uuid, "matrix")))
        .isEqualTo(SimpleMatrix.text(device.adapters, device.domains));
    assertThat(rig.read(rig.file(uuid, "guest_matrix")))
        .isEqualTo(SimpleMatrix.text(device.guestAdapters, device.guestDomains));
    StringBuilder control = new StringBuilder();
    device.control.forEach(domain -> control.append(String.format("%04x\n", domain)));
    assertThat(rig.read(rig.file(uuid, "control_domains"))).isEqualTo(control.toString());
    assertThat(rig.read(rig.file(uuid, "ap_config")))
        .isEqualTo(
            SimpleMatrix.mask(device.adapters)
                + ","
                + SimpleMatrix.mask(device.domains)
                + ","
                + SimpleMatrix.mask(device.control)
                + "\n");
    if (device.open) {
      ApGuest guest = rig.guest("of " + uuid);
      assertThat(guest.masks().apm()).hasToString(SimpleMatrix.mask(device.guestAdapters));
      assertThat(guest.masks().aqm()).hasToString(SimpleMatrix.mask(device.guestDomains));
      assertThat(guest.masks().adm()).hasToString(SimpleMatrix.mask(device.guestControl));
    }
  }

  private static void check(@Nullable Errno answer, @Nullable String expected, String what) {
    assertThat(answer == null ? null : answer.name()).as(what).isEqualTo(expected);
  }

  private static <T> T pick(Random random, List<T> from) {
    return from.get(random.nextInt(from.size()));
  }

  private static int pick(Random random, int[] from, int count) {
    return from[random.nextInt(count)];
  }
}
