package org.mdev4j.driver.ap;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.ap.ApBus;
import org.mdev4j.ap.ApDriver;
import org.mdev4j.ap.ApGuest;
import org.mdev4j.ap.ApMask;
import org.mdev4j.ap.ApQueue;
import org.mdev4j.ap.ApStatus;
import org.mdev4j.ap.Apqn;
import org.mdev4j.ap.GuestFeatures;
import org.mdev4j.ap.QciInfo;
import org.mdev4j.ap.ResponseCode;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.host.DriverModule;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.host.ModuleContext;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.AttributeGroup;
import org.mdev4j.sim.ap.ApMachines;
import org.mdev4j.sim.ap.ApPanel;
import org.mdev4j.sim.ap.Instruction;

@DisplayName("ap 6, 7, 8: what reaches the guest, and when")
class HotPlugTest {
  private static final String ADAPTERS = "/sys/kernel/debug/ap/adapters";
  private static final String DOMAINS = "/sys/kernel/debug/ap/domains";
  private static final String CONTROL = "/sys/kernel/debug/ap/control_domains";
  private static final String DRIVER = Rig.BUS + "drivers/vfio_ap/";
  private static final int[] CARDS = {5, 6};

  private final Rig rig = new Rig().reserved();

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  @DisplayName("6.1, 7: one missing queue drops its adapter, others stay; it returns at probe")
  void missingQueue() {
    String a = rig.create(CARDS, new int[] {4, 0xab});
    ApGuest guest = rig.guest("g");
    rig.open(a, guest);
    int loads = guest.loads();
    rig.must(DRIVER + "unbind", "06.00ab");
    assertThat(rig.show(a, "matrix")).isEqualTo("05.0004/05.00ab/06.0004/06.00ab/");
    assertThat(rig.show(a, "guest_matrix")).isEqualTo("05.0004/05.00ab/");
    assertThat(guest.masks().apm()).isEqualTo(ApMask.of(5));
    assertThat(guest.nqap(new Apqn(6, 4), 1, new byte[1]).response())
        .isEqualTo(ResponseCode.NOT_AVAILABLE);
    assertThat(guest.loads()).isEqualTo(loads + 1);
    rig.must(DRIVER + "unbind", "06.0004");
    assertThat(guest.loads()).as("it had been dropped").isEqualTo(loads + 1);
    rig.must(DRIVER + "bind", "06.0004");
    assertThat(guest.loads()).as("still not complete").isEqualTo(loads + 1);
    rig.must(DRIVER + "bind", "06.00ab");
    assertThat(guest.masks().apm()).isEqualTo(ApMask.of(5, 6));
    assertThat(guest.loads()).isEqualTo(loads + 2);
  }

  @Test
  @DisplayName("6.1, 10: a queue whose last reset failed drops its adapter at the next run")
  void failedReset() {
    String a = rig.create(CARDS, new int[] {4});
    rig.open(a, rig.guest("g")).close();
    rig.panel.answerNext(new Apqn(6, 4), Instruction.ZAPQ, ApStatus.of(ResponseCode.CHECKSTOPPED));
    rig.open(a, rig.guest("g")).close();
    assertThat(rig.show(a, "guest_matrix")).as("not before it runs").contains("06.0004");
    rig.must(a, "assign_domain", 0x47);
    assertThat(rig.show(a, "guest_matrix")).isEqualTo("05.0004/05.0047/");
    rig.open(a, rig.guest("g")).close();
    rig.must(a, "assign_domain", 0xab);
    assertThat(rig.show(a, "guest_matrix")).contains("06.0004/06.0047/06.00ab");
  }

  @Test
  @DisplayName("5.2: assign and unassign under a running guest: exactly one reload each")
  void underAGuest() {
    String a = rig.create();
    ApGuest guest = rig.guest("g");
    rig.open(a, guest);
    int loads = guest.loads();
    List<String> steps =
        List.of(
            "assign_adapter 5",
            "assign_domain 4",
            "assign_control_domain 4",
            "assign_adapter 6",
            "unassign_control_domain 4",
            "unassign_adapter 5",
            "unassign_domain 4",
            "unassign_adapter 6");
    for (String step : steps) {
      rig.must(a, step.split(" ")[0], step.split(" ")[1]);
      assertThat(guest.loads()).as(step).isEqualTo(++loads);
    }
    assertThat(guest.masks().isEmpty()).isTrue();
  }

  @Test
  @DisplayName("5.2: an unassign resets the queues that the guest had, and no others")
  void unassignResets() {
    String a = rig.create(CARDS, new int[] {4});
    rig.must(DRIVER + "unbind", "06.0004");
    rig.must(DRIVER + "bind", "06.0004");
    long before = rig.panel.issued(new Apqn(6, 4), Instruction.ZAPQ);
    rig.must(a, "unassign_adapter", 5);
    assertThat(rig.panel.issued(new Apqn(5, 4), Instruction.ZAPQ)).isEqualTo(1);
    assertThat(rig.panel.issued(new Apqn(6, 4), Instruction.ZAPQ)).isEqualTo(before);
  }

  @Test
  @DisplayName("6.3: an unassign filters anew, and a complete adapter returns")
  void refilters() {
    String a = rig.create(CARDS, new int[] {4, 0xab});
    ApGuest guest = rig.guest("g");
    rig.open(a, guest);
    rig.must(DRIVER + "unbind", "06.00ab");
    int loads = guest.loads();
    rig.must(a, "unassign_domain", 0xab);
    assertThat(rig.show(a, "guest_matrix")).isEqualTo("05.0004/06.0004/");
    assertThat(guest.loads()).isEqualTo(loads + 1);
  }

  @Test
  @DisplayName("6.3: with refilter=n it returns at the next assign, as in Linux 6.1")
  void doesNotRefilter() {
    try (Rig old = new Rig(Map.of("refilter", "n")).reserved()) {
      String a = old.create(CARDS, new int[] {4, 0xab});
      old.must(DRIVER + "unbind", "06.00ab");
      old.must(a, "unassign_domain", 0xab);
      assertThat(old.show(a, "guest_matrix")).isEqualTo("05.0004/");
      old.must(a, "assign_domain", 0x47);
      assertThat(old.show(a, "guest_matrix")).isEqualTo("05.0004/05.0047/06.0004/06.0047/");
    }
  }

  @Test
  @DisplayName("8.1, 8.2: a card is lost and comes back; one reload each, for each guest")
  void lostCard() {
    String a = rig.create(CARDS, new int[] {4});
    String b = rig.create(new int[] {5}, new int[] {0x47});
    ApGuest one = rig.guest("one");
    ApGuest two = rig.guest("two");
    rig.open(a, one);
    rig.open(b, two);
    rig.must(ADAPTERS, "-5");
    assertThat(rig.show(a, "guest_matrix")).isEqualTo("06.0004/");
    assertThat(rig.show(b, "guest_matrix")).isEqualTo(".0047/");
    assertThat(rig.show(b, "matrix")).isEqualTo("05.0047/");
    assertThat(List.of(one.loads(), two.loads())).containsExactly(2, 2);
    rig.must(ADAPTERS, "+5");
    assertThat(rig.show(a, "guest_matrix")).isEqualTo("05.0004/06.0004/");
    assertThat(rig.show(b, "guest_matrix")).isEqualTo("05.0047/");
    assertThat(List.of(one.loads(), two.loads())).containsExactly(3, 3);
  }

  @Test
  @DisplayName("8: removal before devices go, addition after the scan; a probe waits for it")
  void order() {
    List<String> events = new ArrayList<>();
    Host host =
        Host.builder()
            .machine(ApMachines.find(ApMachines.EXAMPLE).orElseThrow())
            .module(new SpyModule(events))
            .start();
    try (host) {
      host.modules().modprobe("spy");
      host.modules().modprobe("vfio_iommu_type1");
      host.modules().modprobe("vfio_ap");
      ApGuest guest = host.service(ApPanel.class).guest("g", GuestFeatures.all());
      write(host, Rig.BUS + "apmask", "-5,-6");
      String uuid = "00000000-0000-4000-8000-000000000001";
      write(host, Rig.TYPE + "create", uuid);
      String files = "/sys/bus/mdev/devices/" + uuid + "/";
      write(host, files + "assign_adapter", "5");
      write(host, files + "assign_domain", "4");
      try (OpenMatrix open = new OpenMatrix(host, uuid, guest)) {
        assertThat(open.file.name()).isEqualTo(uuid);
        write(host, ADAPTERS, "-5");
        write(host, ADAPTERS, "+5");
      }
      // The spy was registered first, so it is told before vfio_ap is.
      assertThat(events)
          .containsExactly(
              "changed: guest [5], device true",
              "complete: guest [], device false",
              "changed: guest [], device false",
              "complete: guest [], device true");
      assertThat(guest.loads()).as("open, lost, back, closed").isEqualTo(4);
    }
  }

  private static void write(Host host, String path, String text) {
    try {
      Files.writeString(host.path(path), text, StandardOpenOption.WRITE);
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  @Test
  @DisplayName("8: a domain and a control domain come to and go from the host")
  void domains() {
    String a = rig.create(new int[] {5}, new int[] {4, 9});
    rig.must(a, "assign_control_domain", 9);
    ApGuest guest = rig.guest("g");
    rig.open(a, guest);
    assertThat(guest.masks().aqm()).isEqualTo(ApMask.of(4));
    rig.must(CONTROL, "+9");
    assertThat(guest.masks().adm()).isEqualTo(ApMask.of(9));
    assertThat(guest.loads()).isEqualTo(2);
    rig.must(DOMAINS, "+9");
    assertThat(guest.masks().aqm()).isEqualTo(ApMask.of(4, 9));
    assertThat(guest.masks().apm()).isEqualTo(ApMask.of(5));
    assertThat(guest.loads()).isEqualTo(3);
    rig.must(CONTROL, "-9");
    assertThat(guest.masks().adm().isEmpty()).isTrue();
    assertThat(guest.loads()).isEqualTo(4);
    rig.must(DOMAINS, "-9");
    assertThat(guest.masks().aqm()).isEqualTo(ApMask.of(4));
    assertThat(guest.loads()).isEqualTo(5);
    assertThat(rig.show(a, "matrix")).isEqualTo("05.0004/05.0009/");
  }

  @Test
  @DisplayName("7.1: an old card is not taken, and never reaches a guest")
  void oldCard() {
    rig.panel.plug("{\"adapter\": \"07\", \"type\": 9, \"mode\": \"accelerator\"}");
    assertThat(rig.driver("07.0004")).isNull();
    String a = rig.create(new int[] {5, 7}, new int[] {4});
    assertThat(rig.show(a, "guest_matrix")).isEqualTo("05.0004/");
  }

  @Test
  @DisplayName("8.3: a queue that is configured off stays bound; the guest sees 03 itself")
  void configuredOff() {
    String a = rig.create(new int[] {5}, new int[] {4});
    ApGuest guest = rig.guest("g");
    rig.open(a, guest);
    rig.must(Rig.BUS + "devices/card05/config", "0");
    rig.panel.scan();
    assertThat(rig.show(a, "guest_matrix")).isEqualTo("05.0004/");
    assertThat(guest.nqap(new Apqn(5, 4), 1, new byte[1]).response())
        .isEqualTo(ResponseCode.DECONFIGURED);
  }

  @Test
  @DisplayName("6.1: without QCI nothing reaches the guest")
  void withoutQci() {
    String json = "{\"qci\": false, \"cards\": [{\"adapter\": \"05\"}], \"domains\": [\"04\"]}";
    try (Rig old = new Rig(ApMachines.of("old", json), Map.of()).reserved()) {
      String a = old.create(new int[] {5}, new int[] {4});
      assertThat(old.driver("05.0004")).isEqualTo("vfio_ap");
      assertThat(old.show(a, "matrix")).isEqualTo("05.0004/");
      assertThat(old.show(a, "guest_matrix")).isEmpty();
    }
  }

  @Test
  @DisplayName("7.4: queues in use can't be reserved, also if they don't exist; clearing works")
  void inUse() {
    String a = rig.create(new int[] {5, 7}, new int[] {0x47});
    String masks = rig.read(Rig.BUS + "apmask") + rig.read(Rig.BUS + "aqmask");
    for (String change : List.of("+5", "+7", "+0-255", "0x" + "f".repeat(64))) {
      assertThat(rig.write(Rig.BUS + "apmask", change)).isEqualTo(Errno.EBUSY);
    }
    assertThat(rig.read(Rig.BUS + "apmask") + rig.read(Rig.BUS + "aqmask")).isEqualTo(masks);
    rig.must(Rig.BUS + "apmask", "+6");
    assertThat(rig.driver("06.0004")).isEqualTo("cex4queue");
    rig.must(Rig.BUS + "aqmask", "-0x47,-0");
    assertThat(rig.driver("04.0047")).isEqualTo("vfio_ap");
    rig.must(a, "assign_adapter", 4);
    assertThat(rig.write(Rig.BUS + "aqmask", "+0x47")).isEqualTo(Errno.EBUSY);
    rig.must(Rig.BUS + "aqmask", "+0");
  }

  /** A driver that notes, when it is told something, what the guest has. */
  private record SpyModule(List<String> events) implements DriverModule {
    @Override
    public String name() {
      return "spy";
    }

    @Override
    public void load(ModuleContext context) {
      ApBus ap = context.service(ApBus.class);
      ApPanel panel = context.service(ApPanel.class);
      ap.registerDriver(
          context,
          new ApDriver() {
            @Override
            public String name() {
              return "spy";
            }

            @Override
            public boolean matches(int type) {
              return false;
            }

            @Override
            public List<AttributeGroup> probe(ApQueue queue, Scope scope) {
              return List.of();
            }

            @Override
            public void configChanged(QciInfo now, QciInfo before) {
              note("changed");
            }

            @Override
            public void scanComplete(QciInfo now, QciInfo before) {
              note("complete");
            }

            private void note(String what) {
              events.add(
                  what
                      + ": guest "
                      + panel.guests().getFirst().masks().apm().numbers()
                      + ", device "
                      + (ap.bus().device("05.0004") != null));
            }
          });
    }
  }
}
