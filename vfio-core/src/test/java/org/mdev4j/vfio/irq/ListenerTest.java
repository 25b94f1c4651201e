package org.mdev4j.vfio.irq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.host.WorkQueue;

@DisplayName("Listeners within the process run on a queue of the session, without a lock")
class ListenerTest {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final List<String> failed = new CopyOnWriteArrayList<>();
  private final List<String> heard = new CopyOnWriteArrayList<>();
  private final EventCounter first = new EventCounter();
  private final EventCounter second = new EventCounter();
  private final CountDownLatch inside = new CountDownLatch(1);
  private final CountDownLatch goOn = new CountDownLatch(1);
  private final Interrupts interrupts =
      bound(
          new WorkQueue(
              "session",
              Thread::startVirtualThread,
              (what, failure) -> failed.add(what + ": " + failure.getMessage())));

  private Interrupts bound(WorkQueue queue) {
    Interrupts made = Irqs.ofEachKind(queue);
    made.set(Irqs.bind(Irqs.MSI, 0, first, second));
    return made;
  }

  @AfterEach
  void letGo() {
    goOn.countDown();
  }

  @Test
  @DisplayName("one that blocks delays no signal, no request and no end of the session")
  void blocks() throws Exception {
    EventCounter pin = new EventCounter();
    first.listen(this::block);
    interrupts.signal(Irqs.MSI, 0);
    waitFor(inside);
    Thread others =
        Thread.startVirtualThread(
            () -> {
              interrupts.signal(Irqs.MSI, 0);
              interrupts.signal(Irqs.MSI, 1);
              heard.add("second counted " + second.take());
              interrupts.set(Irqs.disable(Irqs.MSI));
              interrupts.set(Irqs.bind(Irqs.INTX, 0, pin));
              interrupts.line(true);
              heard.add("pin counted " + pin.take());
              interrupts.disableAll();
            });
    assertThat(others.join(LIMIT)).isTrue();
    assertThat(heard).containsExactly("second counted 1", "pin counted 1");
  }

  @Test
  @DisplayName("called once for each signal, one call at a time, in the order of the signals")
  void ordered() throws Exception {
    first.listen(
        () -> {
          block();
          heard.add("first");
        });
    second.listen(() -> heard.add("second"));
    interrupts.signal(Irqs.MSI, 0);
    waitFor(inside);
    interrupts.signal(Irqs.MSI, 1);
    interrupts.signal(Irqs.MSI, 0);
    assertThat(heard).as("while the first call is at work").isEmpty();
    goOn.countDown();
    await().atMost(LIMIT).until(() -> heard.size() == 3);
    assertThat(heard).containsExactly("first", "second", "first");
  }

  @Test
  @DisplayName("one that blocks makes the queue no longer, however often it is signalled")
  void bounded() {
    Deque<Runnable> tasks = new ArrayDeque<>();
    Interrupts many = bound(new WorkQueue("held", tasks::add));
    first.listen(() -> heard.add("first"));
    for (int i = 0; i < 1000; i++) {
      many.signal(Irqs.MSI, 0);
    }
    assertThat(first.peek()).isEqualTo(1000);
    assertThat(tasks).hasSize(1);
    tasks.remove().run();
    assertThat(heard).hasSize(1000);
    assertThat(first.peek()).isZero();
    many.signal(Irqs.MSI, 0);
    tasks.remove().run();
    assertThat(heard).hasSize(1001);
  }

  @Test
  @DisplayName("what one throws is told, and the other listeners and the next signals are heard")
  void throwing() {
    first.listen(
        () -> {
          heard.add("first");
          throw new IllegalStateException("planted");
        });
    first.listen(() -> heard.add("too"));
    interrupts.signal(Irqs.MSI, 0);
    interrupts.signal(Irqs.MSI, 0);
    await().atMost(LIMIT).until(() -> failed.size() == 2);
    assertThat(failed).containsOnly("work of queue session: planted");
    assertThat(heard).containsExactly("first", "too", "first", "too");
  }

  @Test
  @DisplayName("none is called for a trigger that is not bound any more; its count stays")
  void disabled() {
    Deque<Runnable> tasks = new ArrayDeque<>();
    Interrupts held = bound(new WorkQueue("held", tasks::add));
    first.listen(() -> heard.add("first"));
    held.signal(Irqs.MSI, 0);
    held.signal(Irqs.MSI, 0);
    held.set(Irqs.disable(Irqs.MSI));
    held.set(Irqs.bind(Irqs.MSI, 0, first));
    held.signal(Irqs.MSI, 0);
    held.disableAll();
    held.signal(Irqs.MSI, 0);
    tasks.remove().run();
    assertThat(tasks).isEmpty();
    assertThat(heard).isEmpty();
    assertThat(first.take()).as("what was signalled before").isEqualTo(3);
  }

  @Test
  @DisplayName("it may set up interrupts, and end what signals it")
  void setsUp() {
    first.listen(
        () -> {
          interrupts.set(Irqs.disable(Irqs.MSI));
          interrupts.set(Irqs.bind(Irqs.MSIX, 0, second));
          heard.add("done");
        });
    interrupts.signal(Irqs.MSI, 0);
    await().atMost(LIMIT).until(() -> heard.contains("done"));
    assertThat(interrupts.signal(Irqs.MSI, 0)).isFalse();
    assertThat(interrupts.signal(Irqs.MSIX, 0)).isTrue();
    assertThat(second.take()).isOne();
  }

  @Test
  @DisplayName("a trigger that throws does not reach the device, and is told")
  void brokenTrigger() {
    Trigger broken =
        () -> {
          throw new IllegalStateException("planted");
        };
    interrupts.set(Irqs.bind(Irqs.NOTIFY, 0, broken));
    assertThat(interrupts.signal(Irqs.NOTIFY, 0)).isTrue();
    await().atMost(LIMIT).until(() -> !failed.isEmpty());
    assertThat(failed).containsExactly("work of queue session: planted");
  }

  @Test
  @DisplayName("a trigger that can't be released keeps no other from being released")
  void brokenRelease() {
    List<String> released = new CopyOnWriteArrayList<>();
    interrupts.set(
        Irqs.bind(
            Irqs.MSI,
            0,
            new Releasing(
                () -> {
                  throw new IllegalStateException("planted");
                }),
            new Releasing(() -> released.add("second"))));
    interrupts.disableAll();
    assertThat(released).containsExactly("second");
    assertThat(interrupts.active()).isNull();
    await().atMost(LIMIT).until(() -> !failed.isEmpty());
  }

  private record Releasing(Runnable how) implements Trigger {
    @Override
    public void signal() {}

    @Override
    public void release() {
      how.run();
    }
  }

  private void block() {
    inside.countDown();
    waitFor(goOn);
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      assertThat(latch.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
