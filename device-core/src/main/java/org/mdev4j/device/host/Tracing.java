package org.mdev4j.device.host;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The tracepoints of one host. A driver says what it does; nobody has to listen, and while nobody
 * does an event is not even made.
 *
 * <h2>Thread safety</h2>
 *
 * Listeners are called in the thread in which the event happens, under whatever locks the driver
 * holds there: they must neither block nor call back into the device. What one thread emits, or
 * what is emitted under one lock, arrives in that order.
 */
public final class Tracing {
  private final List<Consumer<TraceEvent>> listeners = new CopyOnWriteArrayList<>();

  Tracing() {}

  /** Calls {@code listener} with every event from now until what is returned is closed. */
  public Listening listen(Consumer<TraceEvent> listener) {
    listeners.add(listener);
    return () -> listeners.remove(listener);
  }

  /** Emits an event; {@code event} is only asked for it when somebody listens. */
  public void emit(Supplier<TraceEvent> event) {
    if (listeners.isEmpty()) {
      return;
    }
    TraceEvent made = event.get();
    listeners.forEach(listener -> listener.accept(made));
  }

  /** Ends with {@link #close}. */
  @FunctionalInterface
  public interface Listening extends AutoCloseable {
    @Override
    void close();
  }
}
