package org.mdev4j.vfio.irq;

import java.util.concurrent.atomic.AtomicLong;
import org.mdev4j.device.host.WorkQueue;

/**
 * A trigger in the hands of one session, until it is released: its listeners are called on the
 * session's queue. What the trigger itself throws does not reach the device that signals; it goes
 * where the failures of the queue go.
 *
 * <h2>Thread safety</h2>
 *
 * No lock is held while a listener runs. {@code untold} counts the signals that the listeners have
 * not been called for; a task is in the queue while it is not zero. So a listener that blocks makes
 * the queue no longer than one task for each trigger.
 */
class BoundTrigger implements Trigger {
  private final Trigger trigger;
  private final WorkQueue listeners;
  private final AtomicLong untold = new AtomicLong();
  private volatile boolean released;

  BoundTrigger(Trigger trigger, WorkQueue listeners) {
    this.trigger = trigger;
    this.listeners = listeners;
  }

  @Override
  public void signal() {
    guarded(() -> trigger.signal(this::tellLater));
  }

  private void tellLater(Runnable tell) {
    if (untold.getAndIncrement() == 0) {
      submit(tell);
    }
  }

  private void submit(Runnable tell) {
    var _ = listeners.submit(() -> tell(tell));
  }

  private void tell(Runnable tell) {
    try {
      if (!released) {
        tell.run();
      }
    } finally {
      if (untold.decrementAndGet() > 0) {
        submit(tell);
      }
    }
  }

  @Override
  public void release() {
    released = true;
    guarded(trigger::release);
  }

  private void guarded(Runnable call) {
    try {
      call.run();
    } catch (RuntimeException failure) {
      var _ =
          listeners.submit(
              () -> {
                throw failure;
              });
    }
  }
}
