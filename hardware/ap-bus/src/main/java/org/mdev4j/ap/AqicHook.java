package org.mdev4j.ap;

/** The handler of an intercepted PQAP(AQIC). */
@FunctionalInterface
public interface AqicHook {
  /**
   * Enables or disables interrupts of a queue for the guest. Called on a guest's processor, with
   * the hook's lock held for reading.
   *
   * @param isc the guest's interruption subclass, 0 to 7
   * @param nib guest address of the notification indicator byte
   */
  ApStatus aqic(Apqn apqn, boolean enable, int isc, long nib);
}
