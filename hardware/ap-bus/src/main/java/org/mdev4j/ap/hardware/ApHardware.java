// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.ap.hardware;

import org.mdev4j.ap.AdapterInterrupt;
import org.mdev4j.ap.ApInstructions;
import org.mdev4j.ap.ApMatrix;
import org.mdev4j.ap.ApStatus;
import org.mdev4j.ap.Apqn;
import org.mdev4j.ap.QciInfo;
import org.mdev4j.device.lifetime.Scope;

/**
 * The AP hardware of one machine, as the host that runs on it reaches it: the instructions, and the
 * facts that the bus shows in sysfs. Thread-safe.
 */
public interface ApHardware extends ApInstructions {
  /** PQAP(AQIC): enables or disables the interrupts of a queue. */
  ApStatus aqic(Apqn apqn, AdapterInterrupt control);

  /** Returns what is configured, also on a machine without QCI. */
  QciInfo configuration();

  /** Returns the adapters and domains that are reserved for the host at first: apmask, aqmask. */
  ApMatrix reserved();

  /**
   * Returns the state of a queue, configured or not.
   *
   * @throws org.mdev4j.device.errno.ErrnoException {@code ENODEV} if there is no such card
   */
  QueueState state(Apqn apqn);

  /**
   * Configures all queues of a card on or off; off loses what is in them.
   *
   * @throws org.mdev4j.device.errno.ErrnoException {@code ENODEV} if there is no such card
   */
  void setConfigured(int adapter, boolean on);

  /**
   * Calls {@code listener} after each change of the configuration, in the thread that makes the
   * change and before the change returns, until {@code scope} is closed.
   */
  void onChange(Scope scope, Runnable listener);
}
