package org.mdev4j.driver.ccw.soak;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mdev4j.driver.ccw.CcwHost;
import org.mdev4j.driver.ccw.soak.Ledger.Fate;

/**
 * Users open devices, run programs and vanish, while subchannels and paths come and go; the host's
 * time runs much faster than ours. Afterwards nothing is left of anybody, and each program that was
 * started has got exactly one final status, or an error.
 *
 * <p>It runs for {@value #SECONDS} seconds; {@code -Dccw.soak.seconds} says how long instead, and
 * {@code -Dccw.soak.seed} with which seed.
 */
class SoakTest {
  private static final int SECONDS = 8;
  private static final int USERS = 6;
  private static final int DISTURBERS = 2;

  private final AtomicBoolean over = new AtomicBoolean();
  private final AtomicBoolean timeStands = new AtomicBoolean();
  private final Ledger ledger = new Ledger();

  @Test
  @Timeout(value = 1, unit = TimeUnit.HOURS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  @DisplayName("after much coming and going no pin, reference or thread is left")
  void soak() throws Exception {
    int seconds = Integer.getInteger("ccw.soak.seconds", SECONDS);
    long seed = Long.getLong("ccw.soak.seed", 20261127);
    try (CcwHost host = new CcwHost(SoakMachine.EMPTY);
        ExecutorService threads = Executors.newCachedThreadPool()) {
      SoakMachine machine = new SoakMachine(host, ledger);
      var _ = threads.submit(() -> passTime(host));
      try {
        plugAll(host, machine);
        List<Future<?>> actors = start(threads, host, machine, seed);
        Thread.sleep(Duration.ofSeconds(seconds));
        over.set(true);
        for (Future<?> actor : actors) {
          var _ = actor.get(2, TimeUnit.MINUTES);
        }
        System.out.printf("ccw soak, %d s, seed %d: %s%n", seconds, seed, ledger);
        assertThat(ledger.wrong()).isEmpty();
        assertNothingIsLeft(host, machine);
        for (Fate fate : Fate.values()) {
          assertThat(ledger.count(fate)).as("programs that were %s", fate).isPositive();
        }
      } finally {
        over.set(true);
        timeStands.set(true);
      }
    }
  }

  private List<Future<?>> start(
      ExecutorService threads, CcwHost host, SoakMachine machine, long seed) {
    List<Future<?>> actors = new ArrayList<>();
    for (int i = 0; i < USERS; i++) {
      actors.add(threads.submit(new SoakUser(host, machine, ledger, seed + i, over::get)));
    }
    for (int i = 0; i < DISTURBERS; i++) {
      Random random = new Random(seed + 1000 + i);
      actors.add(threads.submit(() -> disturb(machine, random)));
    }
    return actors;
  }

  private static void plugAll(CcwHost host, SoakMachine machine) {
    for (int number = 0; number < SoakMachine.SUBCHANNELS; number++) {
      machine.plug(number);
    }
    host.css().settle();
  }

  /** A reference that is left would keep a subchannel, and the module; a thread the host. */
  private static void assertNothingIsLeft(CcwHost host, SoakMachine machine) {
    for (int number = 0; number < SoakMachine.SUBCHANNELS; number++) {
      machine.unplug(number);
    }
    await().atMost(CcwHost.LIMIT).until(() -> host.css().subchannels().isEmpty());
    host.css().settle();
    host.awaitNothingPinned();
    host.host.modules().rmmod("vfio_ccw");
  }

  private void disturb(SoakMachine machine, Random random) {
    while (!over.get()) {
      machine.disturb(random);
      pause(5);
    }
  }

  private void passTime(CcwHost host) {
    while (!timeStands.get()) {
      host.clock.advance(Duration.ofMillis(20));
      pause(1);
    }
  }

  private static void pause(int millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
