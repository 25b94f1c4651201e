package org.mdev4j.sim.ap;

import java.time.Duration;
import java.util.List;
import org.mdev4j.ap.ApGuest;
import org.mdev4j.ap.ApMatrix;
import org.mdev4j.ap.ApStatus;
import org.mdev4j.ap.Apqn;
import org.mdev4j.ap.GuestFeatures;

/** The operator's side of the machine: what a test or the files of the panel do. Thread-safe. */
public interface ApPanel {
  /** Changes what the host is configured with, and has the bus scanned before it returns. */
  void configure(ApMatrix matrix);

  /**
   * Puts a card into the machine, configures it, and has the bus scanned. A card that is there is
   * replaced.
   *
   * @param description one card as in a machine, as JSON
   * @throws org.mdev4j.device.errno.ErrnoException {@code EINVAL} for a bad description
   */
  void plug(String description);

  /**
   * Configures all queues of a card on or off; off loses what is in them.
   *
   * @throws org.mdev4j.device.errno.ErrnoException {@code ENODEV} if there is no such card
   */
  void setConfigured(int adapter, boolean on);

  /** The same for one queue. */
  void setConfigured(Apqn apqn, boolean on);

  /**
   * Stops a queue by a hardware failure, which loses what is in it, or repairs it.
   *
   * @throws org.mdev4j.device.errno.ErrnoException {@code ENODEV} if there is no such queue
   */
  void setCheckstopped(Apqn apqn, boolean stopped);

  /** How long messages, resets, and changes of interrupt enablement take; at first no time. */
  void setTimes(Duration message, Duration reset, Duration interrupts);

  /**
   * Has the next instructions of a kind answered so, without doing anything.
   *
   * @throws org.mdev4j.device.errno.ErrnoException {@code ENODEV} if there is no such queue
   */
  void answerNext(Apqn apqn, Instruction instruction, ApStatus... answers);

  /** How many instructions of a kind a queue has seen. */
  long issued(Apqn apqn, Instruction instruction);

  /** Scans the bus: reads the configuration, tells drivers, removes and adds devices. */
  void scan();

  /**
   * Returns the guest of that name, which is started if there is none yet.
   *
   * @param features what it has, if it is started now
   */
  ApGuest guest(String name, GuestFeatures features);

  /** Returns the guests, by name. */
  List<ApGuest> guests();

  /** Waits until the requests whose time has come are answered. */
  void settle();
}
