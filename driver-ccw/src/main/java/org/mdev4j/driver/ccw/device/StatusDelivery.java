package org.mdev4j.driver.ccw.device;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.locks.ReentrantLock;
import org.mdev4j.device.host.WorkQueue;

/**
 * Hands what interrupts bring over to the user: one status after the other, each with its signal,
 * and the next only when whoever is signalled has returned. So the region holds the status that is
 * signalled for as long as somebody who is told at once looks at it.
 *
 * <p>Thread-safe. The lock of a delivery comes before all others of the device; it is held during
 * the signal.
 */
final class StatusDelivery {
  /** Where the statuses go. Called under the I/O lock. */
  interface Recipient {
    /** Puts a status into the region; what is returned tells the user, once no lock is held. */
    Runnable take(PendingStatus status);

    /** The device has broken: what it still holds for its user goes. */
    void abandon();
  }

  private final WorkQueue queue;
  private final Recipient recipient;
  private final IoLock io = new IoLock(this::submitIfDue);
  private final ReentrantLock delivery = new ReentrantLock();
  private final Queue<PendingStatus> statuses = new ConcurrentLinkedQueue<>();
  private volatile boolean abandoned;

  /**
   * @param queue does the work; others share it, so nothing there waits for the I/O lock
   */
  StatusDelivery(WorkQueue queue, Recipient recipient) {
    this.queue = queue;
    this.recipient = recipient;
  }

  /** The I/O lock of the device: a delivery that finds it taken follows when it is let go of. */
  IoLock lock() {
    return io;
  }

  /** An interrupt has brought a status. */
  void add(PendingStatus status) {
    statuses.add(status);
    submitIfDue();
  }

  /** The device has broken. What that takes may have to wait, so it is left to the work. */
  void abandon() {
    abandoned = true;
    submitIfDue();
  }

  /** What interrupts have brought and nobody was told, nobody will be told. */
  void forget() {
    statuses.clear();
  }

  /** Whether interrupts have brought what the user was not told yet. */
  boolean isBehind() {
    return !statuses.isEmpty();
  }

  /** Hands over all that interrupts have brought, also if the I/O lock has to be waited for. */
  void catchUp() {
    while (isBehind()) {
      delivery.lock();
      try {
        io.lock();
        Runnable signal;
        try {
          signal = takeNext();
        } finally {
          io.unlock();
        }
        signal.run();
      } finally {
        delivery.unlock();
      }
    }
  }

  /**
   * Does {@code step} once the signal that may be under way has returned, unless that is what calls
   * this. Called without any lock.
   */
  void afterSignal(Runnable step) {
    delivery.lock();
    try {
      step.run();
    } finally {
      delivery.unlock();
    }
  }

  private void submitIfDue() {
    if (isDue()) {
      queue.submit(this::work);
    }
  }

  private boolean isDue() {
    return abandoned || isBehind();
  }

  private void work() {
    while (isDue()) {
      delivery.lock();
      try {
        if (!io.tryLockForWork()) {
          return;
        }
        workLocked().run();
      } finally {
        delivery.unlock();
      }
    }
  }

  private Runnable workLocked() {
    try {
      if (abandoned) {
        abandoned = false;
        recipient.abandon();
      }
      return takeNext();
    } finally {
      io.unlockAfterWork();
    }
  }

  private Runnable takeNext() {
    PendingStatus next = statuses.poll();
    return next == null ? () -> {} : recipient.take(next);
  }
}
