package org.mdev4j.sim.css.bus;

import java.util.ArrayDeque;
import java.util.Deque;
import org.mdev4j.device.host.ModuleContext;
import org.mdev4j.device.host.WorkQueue;

/**
 * The work queues of one subchannel.
 *
 * @param channel performs its functions
 * @param interrupts delivers its interrupts
 * @param todo evaluates and unregisters it, which may block for as long as a user holds it
 */
record Lane(WorkQueue channel, WorkQueue interrupts, WorkQueue todo) {
  /** Waits until functions and interrupts that are on their way have arrived. */
  void flush() {
    channel.flush();
    interrupts.flush();
  }

  /**
   * Lends lanes; one that is given back is lent again, so there are never more than there were
   * subchannels at a time. Thread-safe: the monitor guards the idle ones.
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
      return new Lane(
          module.workQueue("channel" + number),
          module.workQueue("io" + number),
          module.workQueue("todo" + number));
    }

    synchronized void giveBack(Lane lane) {
      idle.add(lane);
    }
  }
}
