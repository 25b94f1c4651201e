package org.mdev4j.vfio.irq;

import java.util.concurrent.Executor;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * The target of an interrupt: counts signals as an eventfd does. Thread-safe.
 *
 * <p>A device signals it under the monitor of its {@link Interrupts}. So no method but the actions
 * of {@link #listen} may wait, or call a device.
 */
@FunctionalInterface
public interface Trigger {
  /**
   * Adds one to the count, wakes the threads that wait for it, and calls the listeners on this
   * thread. For the user, who signals for example to unmask.
   */
  void signal();

  /**
   * Adds one to the count and wakes the threads that wait for it; the listeners are left to {@code
   * later}. For devices. A trigger without listeners just signals.
   *
   * @param later takes at most one task for each signal, and runs it on another thread
   */
  default void signal(Executor later) {
    signal();
  }

  /**
   * Calls {@code action} once for each signal from now on, and at once if a signal is pending now;
   * closing the answer ends it. What the signals have counted is taken.
   *
   * <p>For the signals of a device the action runs on a queue of that device's session: later, in
   * the order of the signals, one call at a time, without a lock of the device. It may close the
   * device or set up interrupts. If it throws, the host's {@code Tracing} is told and the queue
   * goes on; if it blocks, that delays the listeners of this session and nothing else. No call
   * begins once the trigger is replaced or disabled, or the session has ended; a call that has
   * begun is not waited for.
   *
   * @throws ErrnoException {@code EINVAL} if the trigger can only be signalled here
   */
  default AutoCloseable listen(Runnable action) {
    throw new ErrnoException(Errno.EINVAL, "this eventfd can only be signalled here");
  }

  /**
   * The interrupts let go of it: called once for each time that {@link TriggerFd#open} gave it out,
   * when it is replaced, disabled or refused, and when its user has gone. It is not signalled or
   * listened to for that time any more. A trigger that belongs to nobody else closes itself here.
   */
  default void release() {}
}
