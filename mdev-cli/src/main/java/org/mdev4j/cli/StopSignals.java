package org.mdev4j.cli;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jline.utils.Signals;

/**
 * Lets a command end in good order when it is asked to: SIGTERM, SIGINT (control C) and SIGHUP. The
 * first one ends {@link #await}; from then on they do again what they did before, so a second one
 * ends a command that takes too long. Thread-safe.
 */
final class StopSignals implements AutoCloseable {
  private static final List<String> SIGNALS = List.of("TERM", "INT", "HUP");

  private record Previous(String signal, Object handler) {}

  private final CountDownLatch asked = new CountDownLatch(1);
  private final Deque<Previous> previous = new ArrayDeque<>();

  /** From now on the signals end nothing by themselves. */
  StopSignals() {
    for (String signal : SIGNALS) {
      Object handler = Signals.register(signal, this::stop);
      if (handler != null) {
        previous.push(new Previous(signal, handler));
      }
    }
  }

  /** Waits for a signal, or {@link #stop}. */
  void await() throws InterruptedException {
    asked.await();
  }

  /** As if a signal had come. */
  void stop() {
    close();
    asked.countDown();
  }

  /** The signals do again what they did before. */
  @Override
  public synchronized void close() {
    while (!previous.isEmpty()) {
      Previous handled = previous.pop();
      Signals.unregister(handled.signal(), handled.handler());
    }
  }
}
