package org.mdev4j.driver.ap.matrix;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.ap.AdapterInterrupt;
import org.mdev4j.ap.ApGuest;
import org.mdev4j.ap.ApQueue;
import org.mdev4j.ap.ApStatus;
import org.mdev4j.ap.Apqn;
import org.mdev4j.ap.ResponseCode;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.HostClock;
import org.mdev4j.vfio.dma.DeviceDma;
import org.mdev4j.vfio.dma.PinnedPage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The interrupts of a queue: enabling them takes the pinned page of the guest's notification
 * indicator byte and registers its interruption subclass; both are given back when they are
 * disabled, in any way ({@code spec/ap.md} 11.4, 11.5).
 *
 * <p>Guarded by the lock for mediated devices.
 */
final class QueueInterrupts {
  private static final Logger log = LoggerFactory.getLogger(QueueInterrupts.class);

  private static final int DISABLE_TRIES = 6;
  private static final int CLEAR_CHECKS = 5;
  private static final long PAGE_MASK = -DeviceDma.PAGE_SIZE;

  private final ApQueue hardware;
  private @Nullable Resources resources;

  /** What enabled interrupts hold. */
  private record Resources(ApGuest guest, int isc, DeviceDma dma, long nib) {
    void free() {
      guest.unregisterIsc(isc);
      dma.unpinPages(nib & PAGE_MASK, 1);
    }
  }

  QueueInterrupts(ApQueue hardware) {
    this.hardware = hardware;
  }

  /** Whether the notification indicator byte is one of {@code size} bytes from {@code iova}. */
  boolean notifiesIn(long iova, long size) {
    Resources held = resources;
    return held != null && Long.compareUnsigned(held.nib - iova, size) < 0;
  }

  /**
   * Pins the page of a notification indicator byte for {@link #enable}; null if it can't be pinned.
   * Waits for the guest's memory, so the caller holds no lock that other guests need.
   */
  static @Nullable PinnedPage pin(Apqn queue, DeviceDma dma, long nib) {
    if (nib == 0) {
      return null;
    }
    try {
      List<PinnedPage> pages = dma.pinPages(nib & PAGE_MASK, 1, DeviceDma.READ | DeviceDma.WRITE);
      return pages.getFirst();
    } catch (ErrnoException refusal) {
      log.warn("queue {}: no interrupts: {}", queue, refusal.summary());
      return null;
    }
  }

  /**
   * Enables them.
   *
   * @param nib guest address of the notification indicator byte
   * @param page its page, which is unpinned when it is not needed any more
   * @return the response for the guest
   */
  ApStatus enable(
      ApGuest guest, DeviceDma dma, int isc, long nib, PinnedPage page, HostClock clock) {
    int hostIsc;
    try {
      hostIsc = guest.registerIsc(isc);
    } catch (ErrnoException refusal) {
      log.warn("queue {}: no interrupts: {}", hardware.apqn(), refusal.summary());
      dma.unpinPages(page.iova(), 1);
      return ApStatus.of(ResponseCode.INVALID_GISA);
    }
    Resources taken = new Resources(guest, isc, dma, nib);
    ApStatus status =
        hardware.aqic(
            new AdapterInterrupt(
                true, hostIsc, isc, guest.gisa(), page.address() + (nib & ~PAGE_MASK)));
    switch (status.response()) {
      case NORMAL -> {
        free();
        resources = taken;
      }
      case OTHERWISE_CHANGED -> taken.free();
      default -> {
        log.warn("queue {}: enabling interrupts answers {}", hardware.apqn(), status);
        var _ = disable(clock);
        taken.free();
      }
    }
    return status;
  }

  /** Disables them. */
  ApStatus disable(HostClock clock) {
    ApStatus status = hardware.aqic(AdapterInterrupt.off());
    for (int tries = 1; tries < DISABLE_TRIES && isTransient(status); tries++) {
      Waits.pause(clock);
      status = hardware.aqic(AdapterInterrupt.off());
    }
    switch (status.response()) {
      case NORMAL, OTHERWISE_CHANGED -> awaitClear(clock);
      default -> log.warn("queue {}: disabling interrupts answers {}", hardware.apqn(), status);
    }
    free();
    return status;
  }

  /** Gives back what they hold; the hardware has been told. */
  void free() {
    Resources held = resources;
    resources = null;
    if (held != null) {
      held.free();
    }
  }

  private static boolean isTransient(ApStatus status) {
    return status.response() == ResponseCode.RESET_IN_PROGRESS
        || status.response() == ResponseCode.BUSY;
  }

  private void awaitClear(HostClock clock) {
    for (int check = 0; check < CLEAR_CHECKS; check++) {
      if (!hardware.tapq().status().has(ApStatus.INTERRUPTS)) {
        return;
      }
      Waits.pause(clock);
    }
    log.warn("queue {}: still interrupting after they were disabled", hardware.apqn());
  }
}
