package org.mdev4j.vfio.irq;

/** Where an interrupt goes: something that counts signals as an eventfd does. Thread-safe. */
public interface Trigger {
  /** Adds one to the count and wakes whoever waits for it. */
  void signal();

  /**
   * Calls {@code action} at each signal from now on, and at once if a signal is pending now;
   * closing the answer ends it. A trigger that can only be signalled, not listened to, refuses.
   *
   * <p>It runs on the thread that signals, with the device's {@link Interrupts} held: what it does
   * to the device it does in the middle of that. It must not close the device.
   *
   * @throws org.mdev4j.device.errno.ErrnoException {@code EINVAL}
   */
  AutoCloseable listen(Runnable action);

  /**
   * The interrupts let go of it: called once for each time that {@link TriggerFd#open} gave it out,
   * when it is replaced, disabled or refused, and when its user has gone. It is not signalled or
   * listened to for that time any more. A trigger that belongs to nobody else closes itself here.
   */
  default void release() {}
}
