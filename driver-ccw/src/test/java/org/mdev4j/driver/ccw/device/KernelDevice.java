package org.mdev4j.driver.ccw.device;

import java.util.concurrent.atomic.AtomicInteger;
import org.mdev4j.driver.ccw.fsm.Action;
import org.mdev4j.driver.ccw.fsm.Event;
import org.mdev4j.driver.ccw.fsm.State;

/**
 * A device as the kernel has it: the same table, but the state is looked at and changed in steps of
 * their own, and nothing keeps CLOSE and OPEN of a reset together. The planted bug of the
 * interleaving tests.
 */
class KernelDevice {
  private volatile State state;
  private final AtomicInteger unregistrations = new AtomicInteger();

  KernelDevice(State state) {
    this.state = state;
  }

  State state() {
    return state;
  }

  int unregistrations() {
    return unregistrations.get();
  }

  final Action handle(Event event, State next) {
    Action action = state.on(event);
    if (action == Action.BREAK) {
      state = State.BROKEN;
      unregistrations.incrementAndGet();
    } else if (action == Action.OPEN || action == Action.CLOSE || action == Action.IO_REQUEST) {
      state = next;
    }
    return action;
  }

  final void closeAndOpen() {
    var _ = handle(Event.CLOSE, State.CLOSED);
    var _ = handle(Event.OPEN, State.IDLE);
  }

  /** A start whose program can't be translated; idle again whatever has happened meanwhile. */
  final void failingStart() {
    if (handle(Event.IO_REQ, State.CP_PROCESSING) == Action.IO_REQUEST) {
      state = State.IDLE;
    }
  }
}
