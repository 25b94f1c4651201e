package org.mdev4j.vfio.irq;

/**
 * A file descriptor that a user hands to SET_IRQS, looked at only when everything else was found
 * right.
 */
@FunctionalInterface
public interface TriggerFd {
  /**
   * The trigger behind the descriptor, which is {@linkplain Trigger#release released} in the end.
   *
   * @throws org.mdev4j.device.errno.ErrnoException {@code EBADF} if it is no open file, {@code
   *     EINVAL} if that is no eventfd
   */
  Trigger open();
}
