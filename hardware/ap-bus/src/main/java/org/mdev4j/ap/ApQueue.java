package org.mdev4j.ap;

/** A queue device on the AP bus, as its driver sees it. Thread-safe. */
public interface ApQueue {
  Apqn apqn();

  /** Tests it. */
  TestedQueue tapq();

  /** Resets it, overwriting what is in it. */
  ApStatus zapq();

  /** Enables or disables interrupts. */
  ApStatus aqic(AdapterInterrupt control);
}
