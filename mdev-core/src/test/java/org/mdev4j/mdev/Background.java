package org.mdev4j.mdev;

import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A call in a thread of its own, so that a test can watch it block and see how it ends. */
final class Background<T> {
  static final Duration LIMIT = Duration.ofSeconds(60);

  private final FutureTask<T> task;
  private final Thread thread;

  private Background(FutureTask<T> task) {
    this.task = task;
    this.thread = Thread.ofPlatform().daemon().name("background").start(task);
  }

  static <T> Background<T> call(Callable<T> call) {
    return new Background<>(new FutureTask<>(call));
  }

  static Background<Void> run(Runnable action) {
    return new Background<>(new FutureTask<>(action, null));
  }

  boolean isDone() {
    return task.isDone();
  }

  void interrupt() {
    thread.interrupt();
  }

  /**
   * Waits until the call stands still inside {@code method} of {@code type} and has noticed every
   * interrupt; fails if it ends instead.
   */
  Background<T> awaitStandingIn(Class<?> type, String method) {
    await()
        .atMost(LIMIT)
        .failFast("the call ended instead of waiting in " + method, task::isDone)
        .until(() -> !thread.isInterrupted() && standsIn(type, method));
    return this;
  }

  /** Its result, or what it threw. */
  T join() {
    try {
      return task.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
    } catch (ExecutionException failure) {
      if (failure.getCause() instanceof RuntimeException refusal) {
        throw refusal;
      }
      throw new AssertionError(failure.getCause());
    } catch (InterruptedException | TimeoutException failure) {
      throw new AssertionError("the call did not end", failure);
    }
  }

  private boolean standsIn(Class<?> type, String method) {
    boolean still =
        switch (thread.getState()) {
          case WAITING, TIMED_WAITING, BLOCKED -> true;
          default -> false;
        };
    return still
        && Arrays.stream(thread.getStackTrace())
            .anyMatch(
                frame ->
                    frame.getClassName().equals(type.getName())
                        && frame.getMethodName().equals(method));
  }
}
