package org.mdev4j.vfio.model;

/** A device that can be reset by its user. */
public interface Resettable {
  /** Whether GET_INFO says so; some devices can be reset although they don't. */
  default boolean announcesReset() {
    return true;
  }

  /**
   * Puts the device into the state in which a user first found it. Migration is back in RUNNING
   * afterwards; interrupts stay set up.
   */
  void reset();
}
