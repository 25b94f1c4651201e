package org.mdev4j.vfio.dma;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.awaitility.Awaitility;

/** A call in a thread of its own. */
final class Parallel {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final FutureTask<Void> task;
  private final Thread thread;

  private Parallel(Runnable action) {
    task = new FutureTask<>(action, null);
    thread = Thread.ofPlatform().daemon().start(task);
  }

  static Parallel run(Runnable action) {
    return new Parallel(action);
  }

  void interrupt() {
    thread.interrupt();
  }

  /** Waits until it stands still and has noticed an interrupt; fails if it ends instead. */
  void awaitBlocked() {
    Awaitility.await()
        .atMost(LIMIT)
        .pollInterval(Duration.ofMillis(2))
        .until(
            () ->
                task.isDone()
                    || (!thread.isInterrupted() && thread.getState() == Thread.State.WAITING));
    assertThat(task.isDone()).as("ended instead of waiting").isFalse();
  }

  /** Waits for its end, which must not be an exception. */
  void join() {
    try {
      task.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException failure) {
      throw new AssertionError("failed in its thread", failure.getCause());
    } catch (InterruptedException | TimeoutException failure) {
      throw new AssertionError("did not end", failure);
    }
  }

  static void await(CountDownLatch latch) {
    try {
      assertThat(latch.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException failure) {
      throw new AssertionError(failure);
    }
  }
}
