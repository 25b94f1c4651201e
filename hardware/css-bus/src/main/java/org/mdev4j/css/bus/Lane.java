// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.css.bus;

import java.util.ArrayDeque;
import java.util.Deque;
import org.mdev4j.device.host.ModuleContext;
import org.mdev4j.device.host.WorkQueue;

/**
 * The work queues of one subchannel on the bus.
 *
 * @param interrupts delivers its interrupts
 * @param todo evaluates and unregisters it, which may block for as long as a user holds it
 */
record Lane(WorkQueue interrupts, WorkQueue todo) {
  /**
   * Lends lanes; one that is given back is lent again, so their number stays at the largest number
   * of subchannels at a time. Thread-safe: the monitor guards the idle ones.
   */
  static final class Pool {
    private final ModuleContext module;
    private final Deque<Lane> idle = new ArrayDeque<>();
    private int made;

    Pool(ModuleContext module) {
      this.module = module;
    }

    synchronized Lane take() {
      Lane lane = idle.poll();
      if (lane != null) {
        return lane;
      }
      int number = made++;
      return new Lane(module.workQueue("io" + number), module.workQueue("todo" + number));
    }

    synchronized void giveBack(Lane lane) {
      idle.add(lane);
    }
  }
}
