package org.mdev4j.device.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mdev4j.device.Background.pass;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.mdev4j.device.Background;

class WorkQueueTest {
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final WorkQueue queue = new WorkQueue("mtty/irq", threads);
  private final List<Object> done = Collections.synchronizedList(new ArrayList<>());

  @AfterEach
  void close() {
    queue.close();
    threads.close();
  }

  @Test
  void doesOnePieceAfterTheOtherInOrder() {
    AtomicInteger running = new AtomicInteger();
    for (int i = 0; i < 1000; i++) {
      int number = i;
      assertThat(
              queue.submit(
                  () -> {
                    done.add(running.incrementAndGet() == 1 ? number : "two at once");
                    running.decrementAndGet();
                  }))
          .isTrue();
    }

    queue.flush();

    assertThat(done).containsExactlyElementsOf(IntStream.range(0, 1000).<Object>boxed().toList());
  }

  @Test
  void whoSubmitsDoesNotWait() {
    CountDownLatch release = new CountDownLatch(1);

    queue.submit(() -> pass(release));
    queue.submit(() -> done.add("second"));

    assertThat(done).isEmpty();
    release.countDown();
    queue.flush();
    assertThat(done).containsExactly("second");
  }

  @Test
  void aPieceThatBreaksDoesNotStopTheNext() {
    queue.submit(
        () -> {
          throw new IllegalStateException("bug");
        });
    queue.submit(
        () -> {
          throw new AssertionError("bug");
        });
    queue.submit(() -> done.add("next"));

    queue.flush();

    assertThat(done).containsExactly("next");
  }

  @Test
  void closingDrainsWhatWasSubmittedAndRefusesTheRest() {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    queue.submit(
        () -> {
          inside.countDown();
          pass(release);
          done.add("first");
        });
    queue.submit(() -> done.add("second"));
    pass(inside);

    Background<Void> closer = Background.run(queue::close).awaitBlocked();

    assertThat(queue.submit(() -> done.add("late"))).isFalse();
    assertThat(done).isEmpty();
    release.countDown();
    closer.join();
    assertThat(done).containsExactly("first", "second");
    queue.close();
  }

  @Test
  void workMaySubmitWork() {
    queue.submit(() -> queue.submit(() -> done.add("inner")));

    queue.flush();

    assertThat(done).containsExactly("inner");
  }

  static Stream<Throwable> refusals() {
    return Stream.of(
        new RejectedExecutionException("shut down"),
        new OutOfMemoryError("unable to create native thread"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void aThreadThatIsNotLentIsThrownAndTheQueueIsAsBefore(Throwable refusal) {
    Stingy executor = new Stingy(refusal);
    WorkQueue poor = new WorkQueue("mtty/irq", executor);

    assertThatThrownBy(() -> poor.submit(() -> done.add("refused"))).isSameAs(refusal);

    Background.run(poor::flush).join();
    executor.refusal = null;
    assertThat(poor.submit(() -> done.add("next"))).isTrue();
    Background.run(poor::close).join();
    assertThat(done).containsExactly("next");
  }

  @Test
  void closingAfterARefusalDoesNotHang() {
    WorkQueue poor = new WorkQueue("mtty/irq", new Stingy(new OutOfMemoryError("no thread")));
    assertThatThrownBy(() -> poor.submit(() -> done.add("refused")))
        .isInstanceOf(OutOfMemoryError.class);

    Background.run(poor::close).join();

    assertThat(poor.submit(() -> done.add("late"))).isFalse();
    assertThat(done).isEmpty();
  }

  @Test
  void aWorkerThatWasRefusedAndRunsAllTheSameDoesNothing() {
    Stingy executor = new Stingy(new OutOfMemoryError("no thread"));
    WorkQueue poor = new WorkQueue("mtty/irq", executor);
    assertThatThrownBy(() -> poor.submit(() -> done.add("refused")))
        .isInstanceOf(OutOfMemoryError.class);
    Runnable refused = executor.last;
    executor.refusal = null;
    executor.holds = true;
    poor.submit(() -> done.add("next"));

    refused.run();

    assertThat(done).isEmpty();
    executor.last.run();
    assertThat(done).containsExactly("next");
    poor.flush();
  }

  @Test
  void aFailureListenerThatFailsDoesNotEndTheWork() {
    WorkQueue reporting =
        new WorkQueue(
            "mtty/irq",
            threads,
            (_, _) -> {
              throw new OutOfMemoryError("no room for a report");
            });
    reporting.submit(
        () -> {
          throw new IllegalStateException("bug");
        });
    reporting.submit(() -> done.add("next"));

    Background.run(reporting::close).join();

    assertThat(done).containsExactly("next");
  }

  /** Refuses threads while it is told to, and then lends them or keeps what it is to run. */
  private static final class Stingy implements Executor {
    volatile @Nullable Throwable refusal;
    volatile boolean holds;
    volatile Runnable last = () -> {};

    Stingy(Throwable refusal) {
      this.refusal = refusal;
    }

    @Override
    public void execute(Runnable worker) {
      last = worker;
      switch (refusal) {
        case RuntimeException refused -> throw refused;
        case Error refused -> throw refused;
        case null, default -> {
          if (!holds) {
            Background.run(worker);
          }
        }
      }
    }
  }
}
