package org.mdev4j.device.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.device.Background.pass;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
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

  @Test
  void anInterruptNeitherEndsTheFlushNorIsLost() {
    CountDownLatch release = new CountDownLatch(1);
    queue.submit(
        () -> {
          pass(release);
          done.add("work");
        });
    Background<Boolean> flusher =
        Background.call(
            () -> {
              queue.flush();
              done.add("flushed");
              return Thread.currentThread().isInterrupted();
            });
    flusher.awaitBlocked();

    flusher.thread().interrupt();
    release.countDown();

    assertThat(flusher.join()).isTrue();
    assertThat(done).containsExactly("work", "flushed");
  }
}
