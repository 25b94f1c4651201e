package org.mdev4j.device.host;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.mdev4j.device.lifetime.FailureListener;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tracepoints of one host. A driver says what it does; nobody has to listen, and while nobody
 * does an event is not even made.
 *
 * <p>The cores have hook points besides, where a device's life passes before anything is done:
 * {@code mdev_probe}, {@code vfio_open} and so on. What is hooked in there may write it down, or
 * fail, which fails the step as the driver would have, or wait. Tests are made of that, as of the
 * kernel's fault injection.
 *
 * <p>What fails where nobody can be told, and is only logged, is told here as well; so is a device
 * model that breaks in a call of its user, who is told only that it broke.
 *
 * <h2>Thread safety</h2>
 *
 * Listeners are called in the thread in which the event happens, under whatever locks the driver
 * holds there: they must neither block nor call back into the device. What one thread emits, or
 * what is emitted under one lock, arrives in that order.
 */
public final class Tracing implements FailureListener {
  private static final Logger log = LoggerFactory.getLogger(Tracing.class);

  private final List<Consumer<TraceEvent>> listeners = new CopyOnWriteArrayList<>();
  private final List<Hook> hooks = new CopyOnWriteArrayList<>();
  private final List<FailureListener> failureListeners = new CopyOnWriteArrayList<>();

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

  /** Has {@code hook} called at every hook point from now until what is returned is closed. */
  public Listening hook(Hook hook) {
    hooks.add(hook);
    return () -> hooks.remove(hook);
  }

  /**
   * A step of the cores begins. What a hook throws, an unchecked exception or an error, is thrown.
   *
   * @param point what begins
   * @param device the device that it is about, or whatever it is about
   */
  public void pass(String point, String device) {
    for (Hook hook : hooks) {
      hook.pass(point, device);
    }
  }

  /** A step begins that cannot fail: what a hook throws is logged. See {@link #pass}. */
  public void tell(String point, String device) {
    try {
      pass(point, device);
    } catch (Throwable failure) {
      log.error("{}: hook at {} failed", device, point, failure);
    }
  }

  /** Tells {@code listener} of every failure from now until what is returned is closed. */
  public Listening onFailure(FailureListener listener) {
    failureListeners.add(listener);
    return () -> failureListeners.remove(listener);
  }

  @Override
  public void failed(String what, Throwable failure) {
    for (FailureListener listener : failureListeners) {
      try {
        listener.failed(what, failure);
      } catch (Throwable broken) {
        log.error("a listener that was told of a failure failed itself", broken);
      }
    }
  }

  /** Is called in the thread of the step, under the locks that the step is done under. */
  @FunctionalInterface
  public interface Hook {
    void pass(String point, String device);
  }

  /** Ends with {@link #close}. */
  @FunctionalInterface
  public interface Listening extends AutoCloseable {
    @Override
    void close();
  }
}
