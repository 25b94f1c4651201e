package org.mdev4j.ap;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * A guest, as a hypervisor holds one: its crypto control block (APCB), its interruption state, and
 * the AP instructions as its processors issue them ({@code spec/ap.md} 9, 11, 12.9).
 *
 * <p>The hypervisor that opens a VFIO device for it names it to VFIO as the guest of the group, and
 * the driver finds it in the context that its device is opened with.
 *
 * <p>Instructions are checked against the APCB alone: a queue that is not in it answers 01. Loading
 * the APCB stops all virtual processors, so no instruction is in progress then, and the next one
 * sees the new masks.
 *
 * <p>Thread-safe. A driver installs and removes the hook without any lock, because it waits for the
 * instructions that run the hook, and these may wait for the guest's memory.
 */
public interface ApGuest extends ApInstructions, AutoCloseable {
  String name();

  GuestFeatures features();

  /** The guest's own lock; held while its APCB is loaded. */
  ReentrantLock lock();

  /** The masks of its APCB. */
  ApMatrix masks();

  /** How often the APCB was loaded. */
  int loads();

  /**
   * Loads the APCB. Without extended addressing only the first 64 adapters and 16 domains of either
   * kind get there.
   */
  void load(ApMatrix masks);

  /** Installs the handler of AQIC; false if there is one. Waits for instructions that are in it. */
  boolean installHook(AqicHook hook);

  /** Removes the handler; waits for instructions that are in it. */
  void removeHook();

  /**
   * Registers a subclass with the alert facility; references are counted.
   *
   * @return the host's interruption subclass
   * @throws org.mdev4j.device.errno.ErrnoException {@code ENODEV} without an interruption state
   *     area, {@code ERANGE} for a subclass that there is not
   */
  int registerIsc(int isc);

  /** Gives one reference to a subclass back. */
  void unregisterIsc(int isc);

  /** How many references to subclasses there are. */
  int iscReferences();

  /** Where its interrupts become pending; null without an interruption state area. */
  @Nullable Gisa gisa();

  /** Takes an interrupt of a subclass: whether it was pending; it is not any more. */
  boolean takeInterrupt(int isc);

  /**
   * PQAP, register for register, if its processors do not interpret it: AQIC.
   *
   * @param gr0 function code and APQN
   * @param gr1 for AQIC the interruption control
   * @param gr2 for AQIC the guest address of the notification indicator byte
   * @param problemState whether a program without privilege issues it
   */
  PqapResult pqap(long gr0, long gr1, long gr2, boolean problemState);

  /** PQAP(AQIC) as the guest's operating system issues it. */
  ApStatus aqic(Apqn apqn, boolean enable, int isc, long nib);

  /**
   * Stops it.
   *
   * @throws org.mdev4j.device.errno.ErrnoException {@code EBUSY} while a device is open for it
   */
  @Override
  void close();
}
