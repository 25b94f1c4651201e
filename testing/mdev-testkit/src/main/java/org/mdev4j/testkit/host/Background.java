package org.mdev4j.testkit.host;

import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** A call in a thread of its own, so that a test can watch it wait and see how it ends. */
public final class Background<T> {
  /** How long a test waits at most for what must happen. */
  public static final Duration LIMIT = Duration.ofSeconds(60);

  private static final int POLL_MILLIS = 5;

  private final FutureTask<T> task;
  private final Thread thread;

  private Background(FutureTask<T> task) {
    this.task = task;
    this.thread = Thread.ofPlatform().daemon().name("testkit-background").start(task);
  }

  public static <T> Background<T> call(Callable<T> call) {
    return new Background<>(new FutureTask<>(call));
  }

  @SuppressWarnings("NullAway") // Void has no other value
  public static Background<Void> run(Runnable action) {
    return new Background<>(new FutureTask<>(action, null));
  }

  public boolean isDone() {
    return task.isDone();
  }

  /** Its result, or what it threw. */
  public T join() {
    return join(LIMIT);
  }

  /** As {@link #join()}, but waits no longer than {@code limit}. */
  public T join(Duration limit) {
    try {
      T result = task.get(limit.toMillis(), TimeUnit.MILLISECONDS);
      thread.join(limit);
      return result;
    } catch (ExecutionException failure) {
      switch (failure.getCause()) {
        case RuntimeException refusal -> throw refusal;
        case Error error -> throw error;
        case null, default -> throw new AssertionError(failure);
      }
    } catch (InterruptedException | TimeoutException failure) {
      throw new AssertionError(
          "the call did not end: take locks in one order only, and wait for nothing under a lock;"
              + " it stands in\n"
              + stack(),
          failure);
    }
  }

  /**
   * Waits until {@code condition} holds.
   *
   * @param what what is waited for, for people
   */
  public static void await(String what, BooleanSupplier condition) {
    long end = System.nanoTime() + LIMIT.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > end) {
        throw new AssertionError("waited in vain: " + what);
      }
      pause();
    }
  }

  static void pause() {
    try {
      Thread.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  /** Where the call is now, for people. */
  String stack() {
    return Arrays.stream(thread.getStackTrace())
        .map(frame -> "    at " + frame)
        .collect(Collectors.joining("\n"));
  }
}
