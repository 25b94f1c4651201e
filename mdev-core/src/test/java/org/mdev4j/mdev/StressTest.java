package org.mdev4j.mdev;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.LongAdder;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.Lease;
import org.mdev4j.vfio.VfioRegistration;
import org.mdev4j.vfio.model.VfioDevice;

@DisplayName("mdev 8: the invariants, while many threads do everything at once")
class StressTest {
  private static final int WORKERS = 6;
  private static final int ROUNDS = 20;
  private static final int OPERATIONS = 150;
  private static final int UUIDS = 40;
  private static final int PER_TYPE = 6;
  private static final int PER_PARENT = 9;
  private static final int PORTS = 16;
  private static final MdevType ONE = MdevType.named("1", "One").costing(1, "ports");
  private static final MdevType TWO = MdevType.named("2", "Two").costing(2, "ports");

  private final ConcurrentMap<String, LongAdder> outcomes = new ConcurrentHashMap<>();
  private final AtomicInteger probes = new AtomicInteger();

  @Test
  @DisplayName(
      "counter + devices = N, UUIDs unique, nothing of an unregistered parent, at every barrier")
  void holds() {
    try (ToyHost toys = new ToyHost()) {
      toys.driver.probe =
          (mdev, scope) -> {
            if (probes.incrementAndGet() % 5 == 0) {
              throw new ErrnoException(Errno.ENXIO, "refused by a test");
            }
            return ToyDriver.model(mdev);
          };
      List<Subject> subjects =
          List.of(
              new Subject(toys.parent("counted", InstanceLimit.perType(PER_TYPE), ONE, TWO)),
              new Subject(toys.parent("shared", InstanceLimit.perParent(PER_PARENT), ONE, TWO)),
              new Subject(toys.parent("pooled", InstanceLimit.pool(PORTS, "ports"), ONE, TWO)));
      subjects.forEach(subject -> subject.parent.unregister());
      List<String> before = toys.tree();
      subjects.forEach(subject -> subject.parent.register());

      CyclicBarrier barrier = new CyclicBarrier(WORKERS, () -> check(toys, subjects));
      List<Background<Void>> workers = new ArrayList<>();
      for (int i = 0; i < WORKERS; i++) {
        workers.add(Background.call(new Worker(toys, subjects, barrier, i)::work));
      }
      workers.forEach(Background::join);

      for (String what : List.of("create", "remove", "unbind", "bind", "available", "lease")) {
        assertThat(outcomes.get(what + " ok")).as("%s of %s", what, outcomes).isNotNull();
      }
      subjects.stream()
          .filter(subject -> subject.registered)
          .forEach(subject -> subject.parent.unregister());
      assertThat(toys.tree()).isEqualTo(before);
      assertThat(toys.mdev().deviceCount()).isZero();
      assertThat(toys.vfio().deviceCount()).isZero();
    }
  }

  /** What must be true whenever nothing is in progress. */
  private static void check(ToyHost toys, List<Subject> subjects) {
    List<String> all = new ArrayList<>();
    int bound = 0;
    for (Subject subject : subjects) {
      ToyParent parent = subject.parent;
      List<String> children =
          toys.names(parent.path()).stream().filter(name -> name.length() == 36).toList();
      all.addAll(children);
      if (!subject.registered) {
        assertThat(children).isEmpty();
        assertThat(toys.exists(parent.path() + "/mdev_supported_types")).isFalse();
        continue;
      }
      List<String> ones = toys.names(parent.type("1") + "/devices");
      List<String> twos = toys.names(parent.type("2") + "/devices");
      List<String> listed = new ArrayList<>(ones);
      listed.addAll(twos);
      assertThat(listed).containsExactlyInAnyOrderElementsOf(children);
      assertThat(parent.core().live()).hasSize(children.size());
      switch (parent.device.name()) {
        case "counted" -> {
          assertThat(parent.available("1") + ones.size()).isEqualTo(PER_TYPE);
          assertThat(parent.available("2") + twos.size()).isEqualTo(PER_TYPE);
        }
        case "shared" -> {
          assertThat(parent.available("1") + children.size()).isEqualTo(PER_PARENT);
          assertThat(parent.available("2") + children.size()).isEqualTo(PER_PARENT);
        }
        default -> {
          long taken = bound(toys, parent, ones) + 2L * bound(toys, parent, twos);
          assertThat(parent.available("1")).isEqualTo(PORTS - taken);
          assertThat(parent.available("2")).isEqualTo((PORTS - taken) / 2);
        }
      }
      bound += bound(toys, parent, children);
    }
    assertThat(all).doesNotHaveDuplicates();
    assertThat(toys.names("/sys/bus/mdev/devices")).containsExactlyInAnyOrderElementsOf(all);
    assertThat(toys.mdev().deviceCount()).isEqualTo(all.size());
    assertThat(toys.vfio().deviceCount()).isEqualTo(bound);
    assertThat(toys.names("/sys/kernel/iommu_groups")).hasSize(bound);
    assertThat(toys.names("/sys/class/vfio-dev")).hasSize(bound);
    assertThat(toys.names("/dev/vfio")).hasSize(bound + 1);
  }

  private static int bound(ToyHost toys, ToyParent parent, List<String> names) {
    return (int)
        names.stream().filter(name -> toys.exists(parent.path() + "/" + name + "/driver")).count();
  }

  /** A parent, and whether it is registered; only one worker registers and unregisters it. */
  private static final class Subject {
    final ToyParent parent;
    volatile boolean registered = true;

    Subject(ToyParent parent) {
      this.parent = parent;
    }

    void turnOver() {
      if (registered) {
        parent.unregister();
      } else {
        parent.register();
      }
      registered = !registered;
    }
  }

  private final class Worker {
    private final ToyHost toys;
    private final List<Subject> subjects;
    private final CyclicBarrier barrier;
    private final int number;
    private final Random random;

    Worker(ToyHost toys, List<Subject> subjects, CyclicBarrier barrier, int number) {
      this.toys = toys;
      this.subjects = subjects;
      this.barrier = barrier;
      this.number = number;
      this.random = new Random(4711L + number);
    }

    Void work() throws InterruptedException, BrokenBarrierException, TimeoutException {
      try {
        for (int round = 0; round < ROUNDS; round++) {
          for (int i = 0; i < OPERATIONS; i++) {
            operate();
          }
          barrier.await(Background.LIMIT.toSeconds(), TimeUnit.SECONDS);
        }
        return null;
      } catch (Throwable failure) {
        // Or the others would wait for this one.
        barrier.reset();
        throw failure;
      }
    }

    private void operate() {
      ToyParent parent = subjects.get(random.nextInt(subjects.size())).parent;
      String type = random.nextBoolean() ? "1" : "2";
      UUID uuid = new UUID(1, random.nextInt(UUIDS));
      String device = "/sys/bus/mdev/devices/" + uuid;
      switch (Integer.valueOf(random.nextInt(100))) {
        case 0 -> {
          if (number < subjects.size()) {
            subjects.get(number).turnOver();
          }
        }
        case Integer n when n < 45 ->
            attempt(
                "create",
                () -> parent.create(type, uuid),
                Errno.EEXIST,
                Errno.EUSERS,
                Errno.ENOSPC,
                Errno.ENXIO,
                Errno.ENODEV,
                Errno.ENOENT);
        case Integer n when n < 75 ->
            attempt(
                "remove",
                () -> toys.write(device + "/remove", "1"),
                Errno.EAGAIN,
                Errno.ENODEV,
                Errno.ENOENT);
        case Integer n when n < 80 ->
            attempt("unbind", () -> toys.write(driver("unbind"), uuid.toString()), Errno.ENODEV);
        case Integer n when n < 85 ->
            attempt(
                "bind",
                () -> toys.write(driver("bind"), uuid.toString()),
                Errno.ENODEV,
                Errno.EBUSY,
                Errno.ENOSPC,
                Errno.ENXIO);
        case Integer n when n < 95 ->
            attempt(
                "available",
                () -> assertThat(parent.available(type)).isBetween(0L, (long) PORTS),
                Errno.ENODEV,
                Errno.ENOENT);
        default -> attempt("lease", () -> lease(uuid), Errno.ENOENT);
      }
    }

    private void lease(UUID uuid) {
      VfioRegistration registration = toys.mdev().vfioDevice(uuid);
      try (Lease<VfioDevice> lease = registration == null ? null : registration.tryGet()) {
        if (lease == null) {
          throw new ErrnoException(Errno.ENOENT, "nobody is there");
        }
        assertThat(((ToyModel) lease.get()).name).isEqualTo(uuid.toString());
        assertThat(toys.vfio().device(uuid.toString())).isSameAs(registration);
      }
    }

    private String driver(String file) {
      return "/sys/bus/mdev/drivers/toy/" + file;
    }

    private void attempt(String what, Runnable operation, Errno... allowed) {
      String outcome;
      try {
        operation.run();
        outcome = "ok";
      } catch (ErrnoException refusal) {
        if (!Set.copyOf(Arrays.asList(allowed)).contains(refusal.errno())) {
          throw new AssertionError(what, refusal);
        }
        outcome = refusal.errno().name();
      }
      outcomes.computeIfAbsent(what + " " + outcome, key -> new LongAdder()).increment();
    }
  }
}
