package org.mdev4j.driver.ap;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mdev4j.ap.ApGuest;
import org.mdev4j.ap.ApMask;
import org.mdev4j.ap.ApMatrix;
import org.mdev4j.device.errno.Errno;

/** The order of locks is asserted by {@code MatrixLocks} in all of these. */
@DisplayName("ap 2.4, 3: several at once")
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class ConcurrencyTest {
  private static final int ROUNDS = 60;

  private final Rig rig = new Rig().reserved();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void close() {
    threads.close();
    rig.close();
  }

  @Test
  @DisplayName("two threads assign overlapping queues to two devices: exactly one wins")
  void overlapping() throws Exception {
    String a = rig.create(new int[] {}, new int[] {4});
    String b = rig.create(new int[] {}, new int[] {4});
    for (int round = 0; round < ROUNDS; round++) {
      List<@Nullable Errno> answers =
          together(
              () -> rig.write(a, "assign_adapter", 5), () -> rig.write(b, "assign_adapter", 5));
      assertThat(answers).containsExactlyInAnyOrder(null, Errno.EADDRINUSE);
      rig.must(a, "unassign_adapter", 5);
      rig.must(b, "unassign_adapter", 5);
    }
  }

  @Test
  @DisplayName("an assign against a write to apmask: never assigned and reserved")
  void assignAgainstMask() throws Exception {
    String a = rig.create(new int[] {}, new int[] {4});
    for (int round = 0; round < ROUNDS; round++) {
      List<@Nullable Errno> answers =
          together(
              () -> rig.write(a, "assign_adapter", 5), () -> rig.write(Rig.BUS + "apmask", "+5"));
      assertThat(answers).isIn(nullAnd(Errno.EBUSY), andNull());
      rig.must(a, "unassign_adapter", 5);
      rig.must(Rig.BUS + "apmask", "-5");
      assertThat(rig.driver("05.0004")).isEqualTo("vfio_ap");
    }
  }

  private static List<@Nullable Errno> nullAnd(Errno second) {
    List<@Nullable Errno> answers = new ArrayList<>();
    answers.add(null);
    answers.add(second);
    return answers;
  }

  private static List<@Nullable Errno> andNull() {
    List<@Nullable Errno> answers = new ArrayList<>();
    answers.add(Errno.EADDRNOTAVAIL);
    answers.add(null);
    return answers;
  }

  @Test
  @DisplayName("open and close against loss and return of a card, create and remove against scans")
  void everything() throws Exception {
    ApGuest guest = rig.guest("g");
    String a = rig.create(new int[] {5, 6}, new int[] {4});
    List<Future<?>> running = new ArrayList<>();
    running.add(
        repeat(
            () -> {
              try (OpenMatrix open = new OpenMatrix(rig.host, a, guest)) {
                assertThat(open.file.name()).isEqualTo(a);
              }
            }));
    ApMatrix all = rig.ap.qci().matrix();
    running.add(
        repeat(
            () -> {
              rig.panel.configure(all.withAdapters(ApMask.of(4, 6)));
              rig.panel.configure(all);
            }));
    running.add(
        repeat(
            () -> {
              String uuid = UUID.randomUUID().toString();
              rig.must(Rig.TYPE + "create", uuid);
              rig.write(uuid, "assign_domain", 0x47);
              rig.write(uuid, "assign_adapter", 5);
              rig.must(rig.file(uuid, "remove"), "1");
            }));
    Random random = new Random(7);
    running.add(
        repeat(
            () -> {
              rig.write(a, random.nextBoolean() ? "assign_domain" : "unassign_domain", 0xab);
              rig.write(Rig.BUS + "apmask", random.nextBoolean() ? "+5" : "-5");
              rig.write(Rig.BUS + "aqmask", random.nextBoolean() ? "+0xff" : "-0xff");
            }));
    for (Future<?> each : running) {
      each.get();
    }
    // Quiet again: what is bound, assigned and shown agrees.
    rig.must(Rig.BUS + "apmask", "-5,-6");
    rig.panel.scan();
    rig.must(a, "assign_domain", 0xab);
    rig.must(a, "unassign_domain", 0xab);
    assertThat(rig.show(a, "guest_matrix")).isEqualTo("05.0004/06.0004/");
    assertThat(rig.status("05.0004")).isEqualTo("assigned");
    assertThat(rig.status("05.0047")).isEqualTo("unassigned");
    assertThat(guest.masks()).isEqualTo(ApMatrix.EMPTY);
    assertThat(rig.read(Rig.TYPE + "available_instances")).isEqualTo("65535\n");
  }

  private Future<?> repeat(Runnable action) {
    return threads.submit(
        () -> {
          for (int round = 0; round < ROUNDS; round++) {
            action.run();
          }
        });
  }

  private List<@Nullable Errno> together(
      Callable<@Nullable Errno> first, Callable<@Nullable Errno> second) throws Exception {
    CyclicBarrier start = new CyclicBarrier(2);
    Future<@Nullable Errno> one =
        threads.submit(
            () -> {
              start.await();
              return first.call();
            });
    Future<@Nullable Errno> two =
        threads.submit(
            () -> {
              start.await();
              return second.call();
            });
    List<@Nullable Errno> answers = new ArrayList<>();
    answers.add(one.get());
    answers.add(two.get());
    return answers;
  }
}
