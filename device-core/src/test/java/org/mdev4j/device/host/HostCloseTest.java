// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.device.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.device.Background.pass;
import static org.mdev4j.device.errno.Refusals.assertRefused;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.device.Background;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.sysfs.SysfsDirectory;

@DisplayName("The close of a host is final")
@Timeout(120)
class HostCloseTest {
  private static final int RACES = 50;

  private final List<String> log = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch inside = new CountDownLatch(1);
  private final CountDownLatch release = new CountDownLatch(1);

  /** A module that writes down its load and unload. */
  private TestModule logging(String name, String... requires) {
    return TestModule.of(
        name,
        context -> {
          log.add("+" + name);
          context.scope().onClose(() -> log.add("-" + name));
        },
        requires);
  }

  private static Host host(DriverModule... modules) {
    Host.Builder builder = Host.builder().withoutDiscovery();
    for (DriverModule module : modules) {
      builder.module(module);
    }
    return builder.start();
  }

  private void stop() {
    inside.countDown();
    pass(release);
  }

  @Test
  @DisplayName("afterwards nothing can be loaded: ENODEV")
  void nothingIsLoadedAfterwards() {
    Host host = host(logging("mtty"));
    host.close();

    assertRefused(Errno.ENODEV, () -> host.modules().modprobe("mtty"))
        .hasMessageContaining("is being closed");
    assertThat(log).isEmpty();
  }

  @Test
  @DisplayName("a load under way is waited for, and what it loaded is unloaded")
  void aLoadUnderWayIsWaitedFor() {
    Host host =
        host(
            TestModule.of(
                "mtty",
                context -> {
                  stop();
                  log.add("+mtty");
                  context.scope().onClose(() -> log.add("-mtty"));
                }),
            logging("mdpy"));
    host.modules().modprobe("mdpy");
    Background<Void> load = Background.run(() -> host.modules().modprobe("mtty"));
    pass(inside);

    Background<Void> close = Background.run(host::close).awaitBlocked();
    assertThat(log)
        .as("nothing is unloaded before the last load has ended")
        .containsExactly("+mdpy");
    assertRefused(Errno.ENODEV, () -> host.modules().insmod("mdpy", Map.of()));
    release.countDown();
    load.join();
    close.join();

    assertThat(log).containsExactly("+mdpy", "+mtty", "-mtty", "-mdpy");
  }

  @Test
  @DisplayName("a second close waits for the first, or is interrupted: EINTR")
  void aSecondCloseWaits() {
    Host host = host(TestModule.of("mtty", context -> context.scope().onClose(this::stop)));
    host.modules().modprobe("mtty");
    Background<Void> first = Background.run(host::close);
    pass(inside);

    Background<Void> second = Background.run(host::close).awaitBlocked();
    Background<Void> third = Background.run(host::close).awaitBlocked();
    third.thread().interrupt();
    assertRefused(Errno.EINTR, third::join);
    assertThat(second.isDone()).isFalse();
    release.countDown();
    first.join();
    second.join();
    host.close();
  }

  @Test
  @DisplayName("an unload that another thread has begun is waited for, and not done again")
  void anUnloadUnderWayIsWaitedFor() {
    Host host =
        host(
            logging("mdev"),
            TestModule.of(
                "mtty",
                context -> {
                  context.scope().onClose(() -> log.add("-mtty"));
                  context.scope().onClose(this::stop);
                },
                "mdev"));
    host.modules().modprobe("mtty");
    Background<Void> unload = Background.run(() -> host.modules().rmmod("mtty"));
    pass(inside);

    assertRefused(Errno.EBUSY, () -> host.modules().rmmod("mtty"))
        .hasMessage("module mtty is being unloaded");
    Background<Void> close = Background.run(host::close).awaitBlocked();
    assertThat(log).containsExactly("+mdev");
    release.countDown();
    unload.join();
    close.join();

    assertThat(log).containsExactly("+mdev", "-mtty", "-mdev");
  }

  /**
   * Loads, unloads and closes by several threads, in an order that a seed decides as far as a race
   * can be decided; 168 of 200 such races once ended with a module loaded.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  @DisplayName("against loads and unloads of everything: nothing is loaded afterwards, ever")
  void racesAgainstEverything(long seed) {
    Random random = new Random(seed);
    for (int race = 0; race < RACES; race++) {
      AtomicInteger live = new AtomicInteger();
      AtomicInteger sideBySide = new AtomicInteger();
      Host host =
          host(
              counting("mdev", live, sideBySide),
              counting("mtty", live, sideBySide, "mdev"),
              counting("mdpy", live, sideBySide, "mdev"));
      CountDownLatch go = new CountDownLatch(1);
      List<Background<Void>> threads = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        List<Runnable> steps = new ArrayList<>();
        for (int step = 0; step < 8; step++) {
          String module = List.of("mdev", "mtty", "mdpy").get(random.nextInt(3));
          steps.add(
              random.nextBoolean()
                  ? () -> host.modules().modprobe(module)
                  : () -> host.modules().rmmod(module));
        }
        threads.add(
            Background.run(
                () -> {
                  pass(go);
                  steps.forEach(HostCloseTest::trying);
                }));
      }
      int closers = 1 + random.nextInt(2);
      int delay = random.nextInt(2000);
      for (int i = 0; i < closers; i++) {
        threads.add(
            Background.run(
                () -> {
                  pass(go);
                  for (int spin = 0; spin < delay; spin++) {
                    Thread.onSpinWait();
                  }
                  host.close();
                  // Whoever has closed finds it closed, the first and the others.
                  assertThat(live).hasValue(0);
                  assertThat(host.modules().loaded()).isEmpty();
                }));
      }
      go.countDown();
      threads.forEach(Background::join);

      assertThat(live).as("race %s of seed %s", race, seed).hasValue(0);
      assertThat(sideBySide).hasValue(0);
      assertThat(host.modules().loaded()).isEmpty();
      assertThat(((SysfsDirectory) host.tree().resolve("/sys/module")).children()).isEmpty();
    }
  }

  private static void trying(Runnable step) {
    try {
      step.run();
    } catch (ErrnoException refusal) {
      assertThat(refusal.errno()).isIn(Errno.ENODEV, Errno.ENOENT, Errno.EBUSY, Errno.EAGAIN);
    }
  }

  private static TestModule counting(
      String name, AtomicInteger live, AtomicInteger sideBySide, String... requires) {
    AtomicInteger mine = new AtomicInteger();
    return TestModule.of(
        name,
        context -> {
          live.incrementAndGet();
          if (mine.incrementAndGet() != 1) {
            sideBySide.incrementAndGet();
          }
          context
              .scope()
              .onClose(
                  () -> {
                    mine.decrementAndGet();
                    live.decrementAndGet();
                  });
        },
        requires);
  }
}
