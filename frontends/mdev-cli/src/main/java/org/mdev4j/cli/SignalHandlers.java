package org.mdev4j.cli;

import java.util.ArrayDeque;
import java.util.Deque;
import org.jline.utils.Signals;

/**
 * What signals do, until it is closed: then they do again what they did before. A signal that the
 * process was started to ignore stays ignored. Thread-safe.
 */
final class SignalHandlers implements AutoCloseable {
  private record Previous(String signal, Object handler) {}

  private final Deque<Previous> previous = new ArrayDeque<>();

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
