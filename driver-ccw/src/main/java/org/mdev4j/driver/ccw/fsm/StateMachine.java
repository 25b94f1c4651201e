package org.mdev4j.driver.ccw.fsm;

import java.util.Map;
import org.mdev4j.css.Subchannel;
import org.mdev4j.device.host.TraceEvent;
import org.mdev4j.device.host.Tracing;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The state that one device is in. It says what an event calls for; whoever asks does it, and then
 * says what the device has become.
 *
 * <p>Every event is traced: to the logger, as a JFR event, and at the host's tracepoint {@value
 * #TRACEPOINT}.
 *
 * <h2>Thread safety</h2>
 *
 * The subchannel lock guards the state, and has to be held for every call: a test of the state and
 * what follows from it are one step.
 */
public final class StateMachine {
  /** The tracepoint; its fields are {@code state}, before the event, and {@code event}. */
  public static final String TRACEPOINT = "vfio_ccw_fsm_event";

  private static final Logger log = LoggerFactory.getLogger(StateMachine.class);

  private final Subchannel subchannel;
  private final Tracing tracing;
  private State state = State.CLOSED;

  public StateMachine(Subchannel subchannel, Tracing tracing) {
    this.subchannel = subchannel;
    this.tracing = tracing;
  }

  /** What {@code event} calls for now. */
  public Action dispatch(Event event) {
    State before = state();
    trace(before, event);
    return before.on(event);
  }

  public State state() {
    if (!subchannel.lock().isHeldByCurrentThread()) {
      throw new IllegalStateException("the lock of " + subchannel.id() + " is not held");
    }
    return state;
  }

  /**
   * The device is in another state now.
   *
   * @throws IllegalStateException if it is broken, which it stays
   */
  public void become(State next) {
    if (state() == State.BROKEN) {
      throw new IllegalStateException(subchannel.id() + " is broken and can't become " + next);
    }
    log.debug("{}: {} -> {}", subchannel.id(), state, next);
    state = next;
  }

  /** The device is in another state now, if it still is in the one that is expected. */
  public void becomeIf(State expected, State next) {
    if (state() == expected) {
      become(next);
    }
  }

  private void trace(State before, Event event) {
    log.trace("{}: {} in {}", subchannel.id(), event, before);
    tracing.emit(
        () ->
            new TraceEvent(
                TRACEPOINT,
                subchannel.id().busId(),
                Map.of("state", before.name(), "event", event.name())));
    TransitionEvent.commit(subchannel.id(), before, event);
  }
}
