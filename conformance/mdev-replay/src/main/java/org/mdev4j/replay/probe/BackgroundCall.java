package org.mdev4j.replay.probe;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A call that another process makes while the probe goes on: here a thread.
 *
 * <p>Whether it is blocked is found out by waiting for it to finish. A thread that is seen waiting
 * at every look for a while will not finish by itself, so that decides earlier.
 *
 * <h2>Thread safety</h2>
 *
 * The answer and the time are set by the thread before the future completes, and read afterwards.
 */
public final class BackgroundCall {
  private static final Duration LOOK_EVERY = Duration.ofMillis(15);
  private static final int LOOKS_IN_WAIT = 12;

  /** How long something that must finish may take, whatever a probe allowed on its machine. */
  private static final Duration GENEROUS = Duration.ofSeconds(20);

  private final Thread thread;
  private final CompletableFuture<JsonNode> answer = new CompletableFuture<>();
  private volatile long finishedAt;
  private boolean reported;

  private BackgroundCall(String name, Supplier<JsonNode> call) {
    thread =
        Thread.ofPlatform()
            .daemon()
            .name(name)
            .unstarted(
                () -> {
                  try {
                    JsonNode given = call.get();
                    finishedAt = System.nanoTime();
                    answer.complete(given);
                  } catch (Throwable failure) {
                    finishedAt = System.nanoTime();
                    answer.completeExceptionally(failure);
                  }
                });
  }

  static BackgroundCall start(String name, Supplier<JsonNode> call) {
    BackgroundCall background = new BackgroundCall(name, call);
    background.thread.start();
    return background;
  }

  /** Whether it has not returned yet. */
  public boolean isRunning() {
    return !answer.isDone();
  }

  /** Whether a step has already told that it finished. */
  boolean isReported() {
    return reported;
  }

  /** When it returned, in the time of {@link System#nanoTime}. */
  public long finishedAt() {
    return finishedAt;
  }

  /**
   * What it returned, once it has; null if it is blocked, that is, waits for something that
   * somebody else must do.
   *
   * @param patience how long the probe waited before it said so
   */
  public @Nullable JsonNode finishedWithin(Duration patience) throws InterruptedException {
    long end = System.nanoTime() + patience.toNanos();
    int waiting = 0;
    while (isRunning() && System.nanoTime() < end && waiting < LOOKS_IN_WAIT) {
      Thread.sleep(LOOK_EVERY);
      waiting = isWaiting() ? waiting + 1 : 0;
    }
    return isRunning() ? null : report();
  }

  /** What it returned; waits generously, null if it does not return. */
  public @Nullable JsonNode finished() throws InterruptedException {
    thread.join(GENEROUS);
    return isRunning() ? null : report();
  }

  /** Waits generously for it to return, whatever it returns. */
  void awaitEnd() {
    try {
      var _ = thread.join(GENEROUS);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private boolean isWaiting() {
    return switch (thread.getState()) {
      case WAITING, TIMED_WAITING, BLOCKED -> true;
      default -> false;
    };
  }

  private JsonNode report() {
    reported = true;
    return answer.join();
  }
}
