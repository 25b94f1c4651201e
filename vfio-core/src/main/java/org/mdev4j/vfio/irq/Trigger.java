package org.mdev4j.vfio.irq;

/** Where an interrupt goes: something that counts signals as an eventfd does. Thread-safe. */
public interface Trigger {
  /** Adds one to the count and wakes whoever waits for it. */
  void signal();

  /**
   * Calls {@code action} at each signal from now on, and at once if a signal is pending now;
   * closing the answer ends it. A trigger that can only be signalled, not listened to, refuses.
   *
   * @throws org.mdev4j.device.errno.ErrnoException {@code EINVAL}
   */
  AutoCloseable listen(Runnable action);
}
