// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.device.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.device.Background.pass;
import static org.mdev4j.device.errno.Refusals.assertRefused;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mdev4j.device.Background;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

@DisplayName("A load, an unload or a close that would wait for itself gets EDEADLK")
@Timeout(60)
class SelfWaitTest {
  private final ManualClock clock = new ManualClock();
  private final List<ErrnoException> refusals = Collections.synchronizedList(new ArrayList<>());
  private final AtomicReference<Host> self = new AtomicReference<>();

  @AfterEach
  void close() {
    self.get().close();
  }

  private Host host(DriverModule... modules) {
    Host.Builder builder = Host.builder().withoutDiscovery().clock(clock);
    for (DriverModule module : modules) {
      builder.module(module);
    }
    self.set(builder.start());
    return self.get();
  }

  /** A host on which {@code mtty} is loaded, which keeps its context. */
  private ModuleContext loaded() {
    AtomicReference<ModuleContext> context = new AtomicReference<>();
    host(TestModule.of("mtty", context::set)).modules().modprobe("mtty");
    return context.get();
  }

  private Modules modules() {
    return self.get().modules();
  }

  private void trying(Runnable action) {
    try {
      action.run();
    } catch (ErrnoException refusal) {
      refusals.add(refusal);
    }
  }

  private void assertDeadlock(String message) {
    assertThat(refusals).hasSize(1);
    assertThat(refusals.getFirst().errno()).isEqualTo(Errno.EDEADLK);
    assertThat(refusals.getFirst()).hasMessage(message);
  }

  @Test
  @DisplayName("a load that loads its own module through another")
  void loadWaitsForItself() {
    Host host =
        host(
            TestModule.of("mtty", context -> modules().modprobe("mdpy")),
            TestModule.of("mdpy", context -> modules().modprobe("mtty")));

    assertRefused(Errno.EDEADLK, () -> host.modules().modprobe("mtty"))
        .hasMessageStartingWith(
            "the load of module mtty waits for the load of module mtty, begun at");

    assertThat(modules().loaded()).isEmpty();
    assertThat(modules().loaded("mtty")).isNull();
  }

  @Test
  @DisplayName("two loads that wait for each other")
  void loadsWaitForEachOther() {
    CyclicBarrier both = new CyclicBarrier(2);
    Set<String> loadedOnce = ConcurrentHashMap.newKeySet();
    Consumer<String> meetAndLoad =
        other -> {
          if (loadedOnce.add(other)) {
            try {
              both.await();
            } catch (InterruptedException | BrokenBarrierException broken) {
              throw new AssertionError(broken);
            }
            modules().modprobe(other);
          }
        };
    host(
        TestModule.of("mtty", context -> meetAndLoad.accept("mdpy")),
        TestModule.of("mdpy", context -> meetAndLoad.accept("mtty")));

    Background<Void> mtty = Background.run(() -> trying(() -> modules().modprobe("mtty")));
    Background<Void> mdpy = Background.run(() -> trying(() -> modules().modprobe("mdpy")));
    mtty.join();
    mdpy.join();

    assertThat(refusals).isNotEmpty();
    assertThat(refusals).allMatch(refusal -> refusal.errno() == Errno.EDEADLK);
  }

  @Test
  @DisplayName("work that unloads its own module")
  void workUnloadsItsModule() {
    WorkQueue queue = loaded().workQueue("irq");

    queue.submit(() -> trying(() -> modules().rmmod("mtty")));
    queue.flush();

    assertDeadlock(
        "the work of queue mtty/irq waits for the unload of module mtty, which waits for the work"
            + " of queue mtty/irq to end");
    assertThat(modules().loaded("mtty")).isNotNull();
    assertThat(queue.submit(() -> {})).as("the queue still works").isTrue();
    modules().rmmod("mtty");
  }

  @Test
  @DisplayName("work that flushes or closes its own queue")
  void workFlushesItsQueue() {
    WorkQueue queue = loaded().workQueue("irq");

    queue.submit(() -> trying(queue::flush));
    queue.submit(() -> trying(queue::close));
    queue.flush();

    assertThat(refusals)
        .extracting(ErrnoException::errno)
        .containsExactly(Errno.EDEADLK, Errno.EDEADLK);
    assertThat(queue.submit(() -> {})).isTrue();
  }

  @Test
  @DisplayName("a timer that unloads its own module")
  void timerUnloadsItsModule() {
    HostClock.Timer _ =
        loaded()
            .clock()
            .schedule(Duration.ofSeconds(1), () -> trying(() -> modules().rmmod("mtty")));

    clock.advance(Duration.ofSeconds(1));

    assertDeadlock(
        "the timer of module mtty waits for the unload of module mtty, which waits for the timer"
            + " of module mtty to end");
    assertThat(modules().loaded("mtty")).isNotNull();
  }

  @Test
  @DisplayName("unloading waits for a timer that runs, and none runs afterwards")
  void unloadDrainsTimers() {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    List<String> ran = Collections.synchronizedList(new ArrayList<>());
    HostClock timers = loaded().clock();
    HostClock.Timer _ =
        timers.schedule(
            Duration.ofSeconds(1),
            () -> {
              inside.countDown();
              pass(release);
              ran.add("first");
            });
    HostClock.Timer _ = timers.schedule(Duration.ofSeconds(2), () -> ran.add("second"));
    Background<Void> time = Background.run(() -> clock.advance(Duration.ofSeconds(2)));
    pass(inside);

    Background<Void> unload = Background.run(() -> modules().rmmod("mtty")).awaitBlocked();
    release.countDown();
    unload.join();
    assertThat(ran).containsExactly("first");

    time.join();
    assertThat(ran).as("due after the unload had begun").containsExactly("first");
  }

  @Test
  @DisplayName("a load that closes the host")
  void loadClosesTheHost() {
    Host host = host(TestModule.of("mtty", context -> self.get().close()));

    assertRefused(Errno.EDEADLK, () -> host.modules().modprobe("mtty"))
        .hasMessageStartingWith("the load of module mtty waits for the close of Host[host]");

    assertThat(modules().loaded()).isEmpty();
  }

  @Test
  @DisplayName("work, an unload and a close that close the host")
  void othersCloseTheHost() {
    AtomicReference<WorkQueue> queue = new AtomicReference<>();
    Host host =
        host(
            TestModule.of(
                "mtty",
                context -> {
                  queue.set(context.workQueue("irq"));
                  context.scope().onClose(() -> trying(() -> self.get().close()));
                }));
    host.modules().modprobe("mtty");

    queue.get().submit(() -> trying(host::close));
    queue.get().flush();
    assertThat(refusals).hasSize(1);
    host.modules().rmmod("mtty");
    assertThat(refusals).hasSize(2);
    host.modules().modprobe("mtty");
    host.close();

    assertThat(refusals)
        .extracting(ErrnoException::errno)
        .containsExactly(Errno.EDEADLK, Errno.EDEADLK, Errno.EDEADLK);
    assertThat(refusals.getLast()).hasMessageContaining("the close of Host[host]");
  }

  @Test
  @DisplayName("an unload that loads its own module")
  void unloadLoadsItsModule() {
    Host host =
        host(
            TestModule.of(
                "mtty",
                context ->
                    context.scope().onClose(() -> trying(() -> modules().modprobe("mtty")))));
    host.modules().modprobe("mtty");

    host.modules().rmmod("mtty");

    assertThat(refusals).extracting(ErrnoException::errno).containsExactly(Errno.EDEADLK);
    assertThat(host.modules().loaded("mtty")).isNull();
  }

  @Test
  @DisplayName("one host closes another, also in the middle of a load")
  void anotherHostIsNotWaitedFor() {
    Host other = Host.builder().withoutDiscovery().start();
    Host host = host(TestModule.of("mtty", context -> other.close()));

    host.modules().modprobe("mtty");

    assertThat(host.modules().loaded("mtty")).isNotNull();
  }
}
