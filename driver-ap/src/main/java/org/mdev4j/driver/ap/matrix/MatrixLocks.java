package org.mdev4j.driver.ap.matrix;

import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.mdev4j.ap.ApGuest;

/**
 * The locks that matrix devices share, outermost first ({@code spec/ap.md} 3). Those not needed are
 * skipped; none is taken while a later one is held, which assertions check.
 *
 * <ol>
 *   <li>{@link #permission()}, the AP bus's: guards apmask and aqmask. Taken to assign adapters and
 *       domains; writers of the masks hold it when they ask what is in use
 *   <li>{@link #guests()}: the list of mediated devices, and which guest has which
 *   <li>{@link #guest}: a guest's own, while its crypto control block is loaded
 *   <li>{@link #mdevs()}: everything in a mediated device and in a queue
 * </ol>
 *
 * <p>What is changed is changed under 2 and 4, and may be read under either. 4 is held while a
 * queue is reset or its interrupts are disabled, which may wait by the host's clock, but not for a
 * guest. Below 4 come only leaves: a queue's hardware, a guest's interruption state, the address
 * space in which pages are unpinned.
 *
 * <h2>Waiting for a guest</h2>
 *
 * A guest holds the lock of its AQIC hook while its instruction waits for a page of its memory. So
 * a hook is installed and removed, and a page is pinned, without any of the locks above. Under the
 * hook's lock come one lock of the device's own, then 4.
 */
public final class MatrixLocks {
  private final ReentrantLock permission;
  private final ReentrantLock guests = new ReentrantLock();
  private final ReentrantLock mdevs = new ReentrantLock();

  /**
   * @param permission the AP bus's permission lock
   */
  public MatrixLocks(ReentrantLock permission) {
    this.permission = permission;
  }

  /** A lock that is held until it is closed. */
  public interface Held extends AutoCloseable {
    @Override
    void close();
  }

  /** No lock. */
  static Held none() {
    return () -> {};
  }

  public Held permission() {
    assert !guests.isHeldByCurrentThread() : "permission after guests";
    assert !mdevs.isHeldByCurrentThread() : "permission after mdevs";
    return hold(permission);
  }

  public Held guests() {
    assert !mdevs.isHeldByCurrentThread() : "guests after mdevs";
    return hold(guests);
  }

  /** The guest's own lock, if there is a guest. */
  public Held guest(@Nullable ApGuest guest) {
    assert guests.isHeldByCurrentThread() : "a guest without guests";
    assert !mdevs.isHeldByCurrentThread() : "a guest after mdevs";
    return guest == null ? none() : hold(guest.lock());
  }

  public Held mdevs() {
    assert !mdevs.isHeldByCurrentThread() : "mdevs twice";
    return hold(mdevs);
  }

  /** For those who rely on the caller's lock. */
  public void assertGuestsHeld() {
    assert guests.isHeldByCurrentThread() : "guests is not held";
  }

  /** Takes a lock. */
  static Held hold(ReentrantLock lock) {
    lock.lock();
    return lock::unlock;
  }
}
