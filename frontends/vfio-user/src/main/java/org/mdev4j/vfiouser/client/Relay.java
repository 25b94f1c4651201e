package org.mdev4j.vfiouser.client;

import org.mdev4j.vfio.irq.EventFd;
import org.mdev4j.vfio.irq.Trigger;

/**
 * An eventfd that a server signals, and the trigger that is signalled for it here.
 *
 * @param eventFd ours to close
 * @param trigger ours to release
 * @param poller who watches it
 */
record Relay(EventFd eventFd, Trigger trigger, EventPoller poller) implements AutoCloseable {
  int descriptor() {
    return eventFd.descriptor();
  }

  /** Passes on what has been signalled. */
  void pass() {
    if (eventFd.take() > 0) {
      trigger.signal();
    }
  }

  @Override
  public void close() {
    poller.forget(this);
    // What the server signalled before it let go is not lost.
    pass();
    eventFd.close();
    trigger.release();
  }
}
