package org.mdev4j.ap;

import org.jspecify.annotations.Nullable;

/**
 * What PQAP(AQIC) asks of a queue, on the host.
 *
 * @param enable whether a reply shall interrupt
 * @param hostIsc the host's interruption subclass
 * @param guestIsc the guest's
 * @param gisa where the guest's subclass becomes pending
 * @param nib host address of the notification indicator byte
 */
public record AdapterInterrupt(
    boolean enable, int hostIsc, int guestIsc, @Nullable Gisa gisa, long nib) {
  private static final AdapterInterrupt OFF = new AdapterInterrupt(false, 0, 0, null, 0);

  /** No interrupts. */
  public static AdapterInterrupt off() {
    return OFF;
  }
}
