package org.mdev4j.cli;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.jline.utils.Signals;

/**
 * What signals do, until it is closed: then they do again what they did before. A signal that the
 * process was started to ignore stays ignored. Thread-safe.
 */
final class SignalHandlers implements AutoCloseable {
  private record Previous(String signal, Object handler) {}

  private final Deque<Previous> previous = new ArrayDeque<>();
  private final CountDownLatch asked = new CountDownLatch(1);

  /**
   * Lets a command end in good order when it is asked to: SIGTERM, SIGINT (control C) and SIGHUP
   * end {@link #awaitStop} and nothing else. From the first one on they do again what they did
   * before, so a second one ends a command that takes too long.
   */
  static SignalHandlers forStop() {
    SignalHandlers handlers = new SignalHandlers();
    for (String signal : List.of("TERM", "INT", "HUP")) {
      handlers.handle(signal, handlers::stop);
    }
    return handlers;
  }

  private void stop() {
    close();
    asked.countDown();
  }

  /** Waits for a signal that asks to end. */
  void awaitStop() throws InterruptedException {
    asked.await();
  }

  /** From now on {@code signal}, such as {@code TERM}, runs {@code action} and nothing else. */
  synchronized void handle(String signal, Runnable action) {
    Object handler = Signals.register(signal, action);
    if (handler != null) {
      previous.push(new Previous(signal, handler));
    }
  }

  @Override
  public synchronized void close() {
    while (!previous.isEmpty()) {
      Previous handled = previous.pop();
      Signals.unregister(handled.signal(), handled.handler());
    }
  }
}
