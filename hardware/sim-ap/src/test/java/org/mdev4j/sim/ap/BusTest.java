package org.mdev4j.sim.ap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.nio.file.Files;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.ap.ApDriver;
import org.mdev4j.ap.ApGuest;
import org.mdev4j.ap.ApMask;
import org.mdev4j.ap.ApMatrix;
import org.mdev4j.ap.ApQueue;
import org.mdev4j.ap.Apqn;
import org.mdev4j.ap.GuestFeatures;
import org.mdev4j.ap.QciInfo;
import org.mdev4j.ap.ResponseCode;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.AttributeGroup;

@DisplayName("ap 7, 8, 12.1: the AP bus")
class BusTest {
  private static final String BUS = "/sys/bus/ap/";
  private static final String QUEUES = BUS + "devices/";

  @Test
  @DisplayName("12.1: cards, queues and the files of the bus")
  void tree() {
    try (Rig rig = new Rig()) {
      assertThat(rig.host.tree().resolve(QUEUES + "05.00ab").path())
          .isEqualTo("/sys/devices/ap/card05/05.00ab");
      assertThat(rig.ap.bus().devices()).hasSize(3 + 12);
      assertThat(rig.read(BUS + "apmask")).isEqualTo("0x" + "f".repeat(64) + "\n");
      assertThat(rig.read(BUS + "ap_max_adapter_id")).isEqualTo("127\n");
      assertThat(rig.read(BUS + "ap_max_domain_id")).isEqualTo("255\n");
      assertThat(rig.read(BUS + "ap_adapter_mask")).isEqualTo("0x0e" + "0".repeat(62) + "\n");
      assertThat(rig.read(BUS + "ap_usage_domain_mask"))
          .isEqualTo("0x0800000000000000010000000000000000000000001000000000000000000001\n");
      assertThat(rig.read(BUS + "ap_control_domain_mask"))
          .isEqualTo("0x080000000000000001" + "0".repeat(46) + "\n");
      assertThat(rig.read(BUS + "bindings")).isEqualTo("12/12 (complete)\n");
      assertThat(rig.read(QUEUES + "card05/hwtype")).isEqualTo("11\n");
      assertThat(rig.read(QUEUES + "card05/ap_functions")).isEqualTo("0x72000000\n");
      assertThat(rig.read(QUEUES + "card05/depth")).isEqualTo("7\n");
      assertThat(rig.read(QUEUES + "05.0004/uevent"))
          .isEqualTo("DRIVER=cex4queue\nDEV_TYPE=000B\nMODALIAS=ap:t0B\n");
    }
  }

  @Test
  @DisplayName("12.1: without QCI the masks are not supported and 64 x 16 numbers are tried")
  void withoutQci() {
    String json =
        "{\"qci\": false, \"apxa\": false, \"cards\": [{\"adapter\": \"05\"}],"
            + " \"domains\": [\"0004\", \"000f\"]}";
    try (Rig rig = new Rig(ApMachines.of("old", json))) {
      assertThat(rig.read(BUS + "ap_adapter_mask")).isEqualTo("not supported\n");
      assertThat(rig.read(BUS + "ap_max_adapter_id")).isEqualTo("63\n");
      assertThat(rig.read(BUS + "bindings")).isEqualTo("2/2 (complete)\n");
      assertThat(rig.ap.qci()).isEqualTo(QciInfo.NONE);
    }
  }

  @Test
  @DisplayName("12.1: the host uses what is left to it; requests are counted")
  void hostUsesQueues() {
    try (Rig rig = new Rig()) {
      Apqn apqn = new Apqn(4, 4);
      assertThat(rig.ap.nqap(apqn, 1, new byte[] {0, 7}).isNormal()).isTrue();
      rig.panel.settle();
      assertThat(rig.ap.dqap(apqn, 10).data()).isEqualTo(new byte[] {0, 7});
      assertThat(rig.read(QUEUES + "04.0004/request_count")).isEqualTo("1\n");
      assertThat(rig.read(QUEUES + "card04/request_count")).isEqualTo("1\n");
      assertThat(rig.ap.rapq(apqn).isNormal()).isTrue();
      assertThat(rig.ap.zapq(apqn).isNormal()).isTrue();
    }
  }

  @Test
  @DisplayName("12.1: a card's config takes 0 and 1")
  void cardConfig() {
    try (Rig rig = new Rig()) {
      String config = QUEUES + "card05/config";
      assertThat(rig.write(config, "2")).isEqualTo(Errno.EINVAL);
      assertThat(rig.write(config, "0\n")).isNull();
      assertThat(rig.read(config)).isEqualTo("0\n");
      assertThat(rig.read(QUEUES + "05.00ff/config")).isEqualTo("0\n");
      assertThat(rig.ap.tapq(new Apqn(5, 0xff)).status().response())
          .isEqualTo(ResponseCode.DECONFIGURED);
      rig.panel.scan();
      assertThat(rig.driver("05.00ff")).isEqualTo("cex4queue");
      assertThat(rig.write(config, "1")).isNull();
      assertThat(rig.ap.tapq(new Apqn(5, 0xff)).status().isNormal()).isTrue();
    }
  }

  @Test
  @DisplayName("7.1: queues outside the pool go to other drivers, old types to none")
  void whoGetsWhat() {
    Recorder recorder = new Recorder("other", 10, new ArrayList<>());
    try (Rig rig = Rig.with(List.of(recorder))) {
      assertThat(rig.driver("05.0004")).isEqualTo("cex4queue");
      assertThat(rig.write(BUS + "apmask", "-5")).isNull();
      assertThat(rig.driver("05.0004")).isEqualTo("other");
      assertThat(rig.driver("04.0004")).isEqualTo("cex4queue");
      assertThat(rig.write(BUS + "drivers/cex4queue/bind", "05.0004")).isEqualTo(Errno.ENODEV);
      assertThat(rig.write(BUS + "drivers/other/unbind", "05.0004")).isNull();
      assertThat(rig.driver("05.0004")).isNull();
      assertThat(rig.read(BUS + "bindings")).isEqualTo("11/12\n");
      assertThat(rig.write(BUS + "drivers/cex4queue/bind", "05.0004")).isEqualTo(Errno.ENODEV);
      assertThat(rig.write(BUS + "drivers/other/bind", "05.0004")).isNull();
      assertThat(rig.write(BUS + "apmask", "+5")).isNull();
      assertThat(rig.driver("05.0004")).isEqualTo("cex4queue");
      rig.panel.plug("{\"adapter\": \"07\", \"type\": 9, \"mode\": \"accelerator\"}");
      assertThat(rig.driver("07.0004")).isNull();
      assertThat(rig.write(BUS + "aqmask", "0")).isNull();
      assertThat(rig.driver("07.0004")).isNull();
      assertThat(rig.driver("04.0004")).isEqualTo("other");
    }
  }

  @Test
  @DisplayName("7.4: a driver that is in use refuses with EBUSY, and nothing changes")
  void inUse() {
    List<String> events = new ArrayList<>();
    AtomicBoolean used = new AtomicBoolean();
    Recorder recorder =
        new Recorder("other", 10, events) {
          @Override
          public boolean inUse(ApMatrix reserved) {
            events.add(reserved.apm().numbers() + " x " + reserved.aqm().numbers().size());
            return used.get();
          }
        };
    try (Rig rig = Rig.with(List.of(recorder))) {
      assertThat(rig.write(BUS + "apmask", "-5,-6")).isNull();
      events.clear();
      used.set(true);
      String before = rig.read(BUS + "apmask");
      assertThat(rig.write(BUS + "apmask", "+5,-4")).isEqualTo(Errno.EBUSY);
      assertThat(events).containsExactly("[5] x 256");
      assertThat(rig.read(BUS + "apmask")).isEqualTo(before);
      assertThat(rig.write(BUS + "apmask", "-4")).as("clearing").isNull();
      assertThat(rig.write(BUS + "apmask", "none")).isEqualTo(Errno.EINVAL);
      assertThat(rig.driver("05.0004")).isEqualTo("other");
      used.set(false);
      assertThat(rig.write(BUS + "apmask", "0xff")).isNull();
      assertThat(rig.driver("05.0004")).isEqualTo("cex4queue");
    }
  }

  @Test
  @DisplayName("7.4: a writer that waits for another can be interrupted")
  void interrupted() throws Exception {
    try (Rig rig = new Rig()) {
      rig.ap.permissionLock().lock();
      try {
        Errno[] answer = new Errno[1];
        Thread writer = Thread.ofVirtual().start(() -> answer[0] = rig.write(BUS + "apmask", "-5"));
        while (!rig.ap.permissionLock().hasQueuedThread(writer)) {
          Thread.onSpinWait();
        }
        writer.interrupt();
        writer.join();
        assertThat(answer[0]).isEqualTo(Errno.EINTR);
      } finally {
        rig.ap.permissionLock().unlock();
      }
    }
  }

  @Test
  @DisplayName("8: removal is told before devices go, completion after they have come")
  void notices() {
    List<String> events = new ArrayList<>();
    try (Rig rig = Rig.with(List.of(new Recorder("other", 10, events)))) {
      rig.write(BUS + "apmask", "-5");
      events.clear();
      ApMatrix all = rig.ap.qci().matrix();
      rig.panel.configure(all.withDomains(ApMask.of(4, 0x47)));
      assertThat(events)
          .containsExactly(
              "changed -[171, 255] +[]", "remove 05.00ab", "remove 05.00ff", "complete");
      events.clear();
      rig.panel.scan();
      assertThat(events).as("nothing has changed").isEmpty();
      rig.panel.configure(all);
      assertThat(events)
          .containsExactly("changed -[] +[171, 255]", "probe 05.00ab", "probe 05.00ff", "complete");
      events.clear();
      rig.panel.configure(all.withAdapters(ApMask.of(4)));
      assertThat(Files.exists(rig.host.path(QUEUES + "card05"))).isFalse();
      rig.panel.configure(all);
      assertThat(Files.exists(rig.host.path(QUEUES + "card05"))).isTrue();
    }
  }

  @Test
  @DisplayName("8: the bus is scanned by the clock, on demand, and as often as asked")
  void scans() {
    try (Rig rig = new Rig()) {
      assertThat(rig.read(BUS + "scans")).isEqualTo("1\n");
      assertThat(rig.write(BUS + "scans", "x")).isNull();
      assertThat(rig.read(BUS + "scans")).isEqualTo("2\n");
      assertThat(rig.read(BUS + "config_time")).isEqualTo("30\n");
      awaitScans(rig, Duration.ofSeconds(30), "3\n");
      for (String bad : List.of("4", "121", "", "x", "-5")) {
        assertThat(rig.write(BUS + "config_time", bad.isEmpty() ? "\n" : bad))
            .isEqualTo(Errno.EINVAL);
      }
      assertThat(rig.write(BUS + "config_time", "5\n")).isNull();
      awaitScans(rig, Duration.ofSeconds(5), "4\n");
    }
  }

  private static void awaitScans(Rig rig, Duration time, String count) {
    rig.clock.advance(time);
    await().untilAsserted(() -> assertThat(rig.read(BUS + "scans")).isEqualTo(count));
    // The next one is scheduled after the scan.
    await().until(() -> rig.clock.timers() == 1);
  }

  @Test
  @DisplayName("the panel's files: pull a card, plug one, stop a queue")
  void panelFiles() {
    String panel = "/sys/kernel/debug/ap/";
    try (Rig rig = new Rig()) {
      assertThat(rig.write(panel + "adapters", "-5\n")).isNull();
      assertThat(rig.ap.bus().device("05.0004")).isNull();
      assertThat(rig.read(panel + "adapters")).isEqualTo("0x0a" + "0".repeat(62) + "\n");
      assertThat(rig.write(panel + "adapters", "+0x80")).isEqualTo(Errno.EINVAL);
      assertThat(rig.write(panel + "domains", "+5")).isNull();
      assertThat(rig.driver("04.0005")).isEqualTo("cex4queue");
      assertThat(rig.write(panel + "control_domains", "-4")).isNull();
      assertThat(rig.ap.qci().matrix().adm()).isEqualTo(ApMask.of(0x47));
      assertThat(rig.write(panel + "plug", "{\"adapter\": \"08\"}")).isNull();
      assertThat(rig.driver("08.0004")).isEqualTo("cex4queue");
      assertThat(rig.write(panel + "plug", "{\"adapter\": 8}")).isEqualTo(Errno.EINVAL);
      assertThat(rig.write(panel + "config", "-04.0004")).isNull();
      assertThat(rig.read(QUEUES + "04.0004/config")).isEqualTo("0\n");
      assertThat(rig.write(panel + "checkstop", "+04.0005\n")).isNull();
      assertThat(rig.read(QUEUES + "04.0005/chkstop")).isEqualTo("1\n");
      assertThat(rig.write(panel + "checkstop", "04.0005")).isEqualTo(Errno.EINVAL);
      assertThat(rig.write(panel + "checkstop", "+99.0005")).isEqualTo(Errno.ENODEV);
    }
  }

  @Test
  @DisplayName("a guest's files: its masks, a message sent, its reply fetched")
  void guestFiles() {
    String files = "/sys/kernel/debug/ap/guests/g/";
    try (Rig rig = new Rig()) {
      ApGuest guest = rig.guest();
      assertThat(rig.panel.guest("g", GuestFeatures.all())).isSameAs(guest);
      assertThat(rig.panel.guests()).containsExactly(guest);
      assertThat(rig.read(files + "apm")).isEqualTo(rig.ap.qci().matrix().apm() + "\n");
      assertThat(rig.read(files + "loads")).isEqualTo("1\n");
      assertThat(rig.write(files + "dqap", "05.0004")).isEqualTo(Errno.EAGAIN);
      assertThat(rig.write(files + "nqap", "05.0004 0068656c6c6f\n")).isNull();
      assertThat(rig.write(files + "dqap", "05.0004\n")).isNull();
      assertThat(rig.read(files + "replies")).isEqualTo("05.0004 1 0068656c6c6f\n");
      assertThat(rig.write(files + "nqap", "07.0004 00")).isEqualTo(Errno.ENODEV);
      assertThat(rig.write(files + "nqap", "05.0004")).isEqualTo(Errno.EINVAL);
      assertThat(rig.write(files + "nqap", "05.0004 0g")).isEqualTo(Errno.EINVAL);
      rig.panel.setCheckstopped(new Apqn(5, 4), true);
      assertThat(rig.write(files + "nqap", "05.0004 00")).isEqualTo(Errno.EIO);
      guest.close();
      assertThat(Files.exists(rig.host.path(files))).isFalse();
      assertThat(rig.panel.guests()).isEmpty();
    }
  }

  /** A driver that notes what it is told. */
  private static class Recorder implements ApDriver {
    private final String name;
    private final int oldest;
    private final List<String> events;

    Recorder(String name, int oldest, List<String> events) {
      this.name = name;
      this.oldest = oldest;
      this.events = events;
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public boolean matches(int type) {
      return type >= oldest;
    }

    @Override
    public List<AttributeGroup> probe(ApQueue queue, Scope scope) {
      events.add("probe " + queue.apqn());
      return List.of();
    }

    @Override
    public void remove(ApQueue queue) {
      events.add("remove " + queue.apqn());
    }

    @Override
    public void configChanged(QciInfo now, QciInfo before) {
      events.add(
          "changed -"
              + before.matrix().minus(now.matrix()).aqm().numbers()
              + " +"
              + now.matrix().minus(before.matrix()).aqm().numbers());
    }

    @Override
    public void scanComplete(QciInfo now, QciInfo before) {
      events.add("complete");
    }
  }
}
