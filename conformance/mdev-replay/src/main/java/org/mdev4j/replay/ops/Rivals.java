package org.mdev4j.replay.ops;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.concurrent.BrokenBarrierException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;
import org.mdev4j.replay.probe.Answers;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.probe.Syscalls;
import org.mdev4j.replay.transcript.Args;

/** Two threads that are released together to make one write each, again and again. */
final class Rivals implements AutoCloseable {
  /** How long a write that is to be repeated while its file is missing may be repeated. */
  private static final Duration REPEAT = Duration.ofSeconds(1);

  private final ExecutorService threads =
      Executors.newFixedThreadPool(
          2, Thread.ofPlatform().daemon().name("replay-rival-", 0).factory());
  private final CyclicBarrier start = new CyclicBarrier(2);
  private final Supplier<JsonNode> first;
  private final Supplier<JsonNode> second;

  /** What the two got in one try. */
  record Outcome(JsonNode first, JsonNode second) {}

  Rivals(Args first, Args second, Session session) {
    this.first = write(first, session);
    this.second = write(second, session);
  }

  /** Lets both write once. */
  Outcome release() {
    CompletableFuture<JsonNode> one = CompletableFuture.supplyAsync(() -> run(first), threads);
    CompletableFuture<JsonNode> other = CompletableFuture.supplyAsync(() -> run(second), threads);
    return new Outcome(one.join(), other.join());
  }

  private JsonNode run(Supplier<JsonNode> write) {
    try {
      var _ = start.await();
    } catch (InterruptedException | BrokenBarrierException failure) {
      throw new IllegalStateException(failure);
    }
    return write.get();
  }

  private static Supplier<JsonNode> write(Args args, Session session) {
    Syscalls syscalls = session.syscalls();
    String path = session.path(args);
    byte[] data = args.data();
    if (!args.has("repeat_while")) {
      return () -> syscalls.write(path, data);
    }
    return () -> {
      long end = System.nanoTime() + REPEAT.toNanos();
      while (true) {
        JsonNode answer = syscalls.write(path, data);
        if (!answer.path("errno").asText().equals("ENOENT") || System.nanoTime() > end) {
          return answer;
        }
      }
    };
  }

  /** Both answers in one text, the smaller first. */
  static String sorted(Outcome outcome) {
    String one = Answers.word(outcome.first);
    String other = Answers.word(outcome.second);
    return one.compareTo(other) <= 0 ? one + " + " + other : other + " + " + one;
  }

  @Override
  public void close() {
    threads.shutdownNow();
  }
}
