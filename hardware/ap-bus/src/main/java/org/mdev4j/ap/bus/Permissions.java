package org.mdev4j.ap.bus;

import java.util.List;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;
import org.mdev4j.ap.ApDriver;
import org.mdev4j.ap.ApMask;
import org.mdev4j.ap.ApMatrix;
import org.mdev4j.ap.Apqn;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * apmask and aqmask: the product of both is reserved for default drivers ({@code spec/ap.md} 7.4).
 *
 * <h2>Thread safety</h2>
 *
 * The lock is held from before drivers are asked until the new mask is stored. The masks are one
 * volatile value for those who only look.
 */
final class Permissions {
  private final ReentrantLock lock = new ReentrantLock();
  private final Supplier<List<ApDriver>> drivers;
  private volatile ApMatrix reserved;

  Permissions(ApMatrix reserved, Supplier<List<ApDriver>> drivers) {
    this.reserved = reserved;
    this.drivers = drivers;
  }

  ReentrantLock lock() {
    return lock;
  }

  ApMatrix reserved() {
    return reserved;
  }

  /** Whether a driver of that kind may have the queue. */
  boolean allow(Apqn apqn, ApDriver driver) {
    return reserved.has(apqn) == driver.isDefault();
  }

  /**
   * Carries out a write to apmask.
   *
   * @throws ErrnoException {@code EINVAL} for bad text; {@code EBUSY} if a driver uses what would
   *     be reserved; {@code EINTR} if the wait for another writer was interrupted. The mask is
   *     unchanged then
   */
  void changeAdapters(String text) {
    change(
        () -> {
          ApMask mask = reserved.apm().changed(text);
          ApMask added = mask.minus(reserved.apm());
          store(reserved.withAdapters(mask), reserved.withAdapters(added), added);
        });
  }

  /** Carries out a write to aqmask. See {@link #changeAdapters}. */
  void changeDomains(String text) {
    change(
        () -> {
          ApMask mask = reserved.aqm().changed(text);
          ApMask added = mask.minus(reserved.aqm());
          store(reserved.withDomains(mask), reserved.withDomains(added), added);
        });
  }

  private void change(Runnable change) {
    try {
      lock.lockInterruptibly();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new ErrnoException(
          Errno.EINTR, "interrupted while another mask is written", interrupted);
    }
    try {
      change.run();
    } finally {
      lock.unlock();
    }
  }

  private void store(ApMatrix masks, ApMatrix newlyReserved, ApMask added) {
    if (!added.isEmpty()) {
      for (ApDriver driver : drivers.get()) {
        if (driver.inUse(newlyReserved)) {
          throw new ErrnoException(
              Errno.EBUSY, "driver " + driver.name() + " uses queues that would be reserved");
        }
      }
    }
    reserved = masks;
  }
}
