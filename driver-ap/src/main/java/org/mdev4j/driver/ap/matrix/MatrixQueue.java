package org.mdev4j.driver.ap.matrix;

import org.jspecify.annotations.Nullable;
import org.mdev4j.ap.ApQueue;
import org.mdev4j.ap.ApStatus;
import org.mdev4j.ap.Apqn;
import org.mdev4j.ap.ResponseCode;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.host.HostClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A queue that is bound to vfio_ap ({@code spec/ap.md} 2.3), and its reset (10).
 *
 * <p>Guarded by the lock for mediated devices; the owner is changed under that for guests, too.
 */
public final class MatrixQueue {
  private static final Logger log = LoggerFactory.getLogger(MatrixQueue.class);

  private static final int RESET_RETRIES = 1;
  private static final int EMPTY_CHECKS = 2;

  private final ApQueue hardware;
  private final QueueInterrupts interrupts;
  private @Nullable MatrixMdev owner;
  private ResponseCode lastReset = ResponseCode.NORMAL;

  public MatrixQueue(ApQueue hardware) {
    this.hardware = hardware;
    interrupts = new QueueInterrupts(hardware);
  }

  public Apqn apqn() {
    return hardware.apqn();
  }

  /** The device that it is assigned to, or null. */
  public @Nullable MatrixMdev owner() {
    return owner;
  }

  public void owner(@Nullable MatrixMdev changed) {
    owner = changed;
  }

  QueueInterrupts interrupts() {
    return interrupts;
  }

  /** The response to the last reset; normal if there was none. */
  ResponseCode lastReset() {
    return lastReset;
  }

  /**
   * Resets it: drops its messages, disables its interrupts and gives back what these had, unless
   * the answer is one that nobody knows.
   *
   * @return what is wrong, {@code EBUSY} or {@code EIO}; null if it was reset
   */
  public @Nullable Errno reset(HostClock clock) {
    for (int retries = RESET_RETRIES; ; retries--) {
      ApStatus status = hardware.zapq();
      lastReset = status.response();
      switch (lastReset) {
        case NORMAL -> {
          awaitEmpty(status, clock);
          interrupts.free();
          return null;
        }
        case RESET_IN_PROGRESS -> {
          if (retries > 0) {
            Waits.pause(clock);
            continue;
          }
          awaitEmpty(status, clock);
          interrupts.free();
          return Errno.EBUSY;
        }
        case NOT_AVAILABLE, DECONFIGURED, CHECKSTOPPED -> {
          interrupts.free();
          return Errno.EBUSY;
        }
        default -> {
          log.warn("queue {}: reset answers {}", apqn(), status);
          return Errno.EIO;
        }
      }
    }
  }

  private void awaitEmpty(ApStatus first, HostClock clock) {
    ApStatus status = first;
    for (int check = 0; check < EMPTY_CHECKS; check++) {
      if (isQuiet(status)) {
        return;
      }
      Waits.pause(clock);
      status = hardware.tapq().status();
    }
    if (!isQuiet(status)) {
      log.warn("queue {}: not empty or still interrupting after a reset", apqn());
    }
  }

  private static boolean isQuiet(ApStatus status) {
    return status.has(ApStatus.EMPTY) && !status.has(ApStatus.INTERRUPTS);
  }

  @Override
  public String toString() {
    return "queue " + apqn();
  }
}
