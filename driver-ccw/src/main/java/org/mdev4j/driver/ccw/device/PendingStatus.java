package org.mdev4j.driver.ccw.device;

import org.mdev4j.css.Irb;
import org.mdev4j.css.Scsw;

/**
 * Status that an interrupt brought and the user has not got yet.
 *
 * @param irb the status as the subchannel stored it
 * @param ofProgram whether it is about the channel program that was pending then
 * @param ends whether that program has ended with it
 */
record PendingStatus(Irb irb, boolean ofProgram, boolean ends) {

  /** Whether the subchannel presents it because something was asked of it. */
  static boolean isSolicited(Scsw scsw) {
    return scsw.deferredCc() != 0 || scsw.status() != (Scsw.ALERT | Scsw.PENDING);
  }

  /**
   * Whether nothing goes on any more. A program that is suspended can be resumed, unless it was
   * halted or cleared: the kernel takes suspension for the end.
   */
  static boolean isFinal(Scsw scsw) {
    boolean suspended = scsw.has(Scsw.SUSPENDED) && !scsw.has(Scsw.HALT | Scsw.CLEAR);
    return !suspended && !scsw.has(Scsw.SUBCHANNEL_ACTIVE | Scsw.DEVICE_ACTIVE);
  }
}
