package org.mdev4j.driver.ccw.device;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import org.mdev4j.device.host.WorkQueue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands what interrupts bring over to the user: one status after the other, each with its signal,
 * and the next only when whoever is signalled has returned. So the region holds the status that is
 * signalled for as long as somebody who is told at once looks at it.
 *
 * <p>Thread-safe.
 */
final class StatusDelivery {
  /** Where the statuses go. */
  interface Recipient {
    /** Does {@code step} while nobody else signals the user. */
    boolean exclusively(BooleanSupplier step);

    /**
     * Puts a status into the region; what is returned tells the user. Called under the I/O lock,
     * and exclusively.
     */
    Runnable take(PendingStatus status);

    /** The device has broken: what it still holds for its user goes. Called under the I/O lock. */
    void abandon();
  }

  private static final Logger log = LoggerFactory.getLogger(StatusDelivery.class);

  private final WorkQueue queue;
  private final Recipient recipient;
  private final IoLock io = new IoLock(this::submitIfDue);
  private final Queue<PendingStatus> statuses = new ConcurrentLinkedQueue<>();
  private volatile boolean abandoned;

  /**
   * @param queue does the work; others share it, so nothing there waits for a request
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

  /** Hands over all that interrupts have brought, also if a request has to be waited for. */
  void catchUp() {
    while (isBehind()) {
      if (!handOver()) {
        io.lock();
        io.unlock();
      }
    }
    // The work may have come and found the lock taken.
    submitIfDue();
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
    boolean free = true;
    while (free && isDue()) {
      try {
        free = handOver();
      } catch (RuntimeException failure) {
        // Of whoever was signalled: those behind it are signalled all the same.
        log.error("a status was handed over, and its signal failed", failure);
      }
    }
  }

  /** One piece of the work; false if a request has the I/O lock. */
  private boolean handOver() {
    return recipient.exclusively(
        () -> {
          if (!io.tryLockForWork()) {
            return false;
          }
          takeLocked().run();
          return true;
        });
  }

  /** Called with the I/O lock, which it releases; returns the signal. */
  private Runnable takeLocked() {
    try {
      if (abandoned) {
        abandoned = false;
        recipient.abandon();
      }
      PendingStatus next = statuses.poll();
      return next == null ? () -> {} : recipient.take(next);
    } finally {
      io.unlockAfterWork();
    }
  }
}
