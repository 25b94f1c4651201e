package org.mdev4j.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A call that runs in a thread of its own, for tests of what blocks whom. */
public final class Background<T> {
  private static final Duration LIMIT = Duration.ofSeconds(60);

  private final FutureTask<T> task;
  private final Thread thread;

  private Background(Callable<T> call) {
    task = new FutureTask<>(call);
    thread = Thread.ofPlatform().daemon().name("background").start(task);
  }

  public static <T> Background<T> call(Callable<T> call) {
    return new Background<>(call);
  }

  public static Background<Void> run(Runnable action) {
    return call(
        () -> {
          action.run();
          return null;
        });
  }

  /** Waits until the thread waits without a limit, and so has come as far as it gets by itself. */
  public Background<T> awaitBlocked() {
    await().atMost(LIMIT).until(() -> thread.getState() == Thread.State.WAITING || isDone());
    assertThat(task.isDone()).as("done instead of blocked").isFalse();
    return this;
  }

  public boolean isDone() {
    return task.isDone();
  }

  public Thread thread() {
    return thread;
  }

  /** Interrupts the thread and waits until it has taken notice. */
  public void interrupt() {
    thread.interrupt();
    await().atMost(LIMIT).until(() -> !thread.isInterrupted());
  }

  /** Waits for the end and gives the result; what the call threw is thrown here. */
  public T join() {
    try {
      return task.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException failure) {
      if (failure.getCause() instanceof RuntimeException cause) {
        throw cause;
      }
      throw new AssertionError(failure.getCause());
    } catch (InterruptedException | TimeoutException failure) {
      throw new AssertionError("still running: " + thread, failure);
    }
  }

  /** Waits for {@code latch} and fails if it takes too long. */
  public static void pass(CountDownLatch latch) {
    try {
      assertThat(latch.await(LIMIT.toSeconds(), TimeUnit.SECONDS)).as("latch").isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
