package org.mdev4j.driver.ccw.soak;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.mdev4j.css.Scsw;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.driver.ccw.CcwUser;
import org.mdev4j.driver.ccw.soak.Ledger.Fate;

/**
 * What one user is told, signal by signal: looks at each status in the moment it is signalled, and
 * knows which program it can be about.
 *
 * <p>Thread-safe; the lock is a leaf.
 */
final class Statuses {
  private final Ledger ledger;
  private final String name;
  private final boolean steady;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();
  private boolean pending;
  private boolean stopping;
  private Fate fate = Fate.ABORTED;

  /**
   * @param steady whether nobody but the user halts or clears its programs
   */
  Statuses(String name, boolean steady, Ledger ledger) {
    this.name = name;
    this.steady = steady;
    this.ledger = ledger;
  }

  /** Whether nobody but the user halts or clears its programs. */
  boolean isSteady() {
    return steady;
  }

  /** A program is about to be started. */
  void starting() {
    change(() -> pending = true);
  }

  /** It was refused, or nothing will come of it any more. */
  void aborted() {
    change(
        () -> {
          pending = false;
          stopping = false;
        });
  }

  /** A halt or clear was issued: it has a status of its own, also if it stops nothing. */
  void stopping(boolean issued) {
    change(() -> stopping = issued);
  }

  /** Called with each signal, on the thread that signals: it reads the region, and no more. */
  void signalled(CcwUser user) {
    Scsw scsw;
    try {
      scsw = user.irb().scsw();
    } catch (ErrnoException closed) {
      return;
    }
    change(() -> look(scsw));
  }

  private void look(Scsw scsw) {
    if (!scsw.has(Scsw.PENDING)) {
      ledger.wrong(name + ": signalled without status: " + scsw);
      return;
    }
    boolean active = scsw.has(Scsw.SUBCHANNEL_ACTIVE | Scsw.DEVICE_ACTIVE);
    boolean suspended = scsw.has(Scsw.SUSPENDED) && scsw.has(Scsw.START);
    boolean attention = scsw.status() == (Scsw.ALERT | Scsw.PENDING) && scsw.deferredCc() == 0;
    if (active || suspended || attention) {
      return;
    }
    boolean halted = scsw.has(Scsw.HALT | Scsw.CLEAR);
    if (!pending && !halted && steady) {
      ledger.wrong(name + ": a final status of no program: " + scsw);
    }
    if (pending) {
      pending = false;
      fate = halted ? Fate.STOPPED : Fate.FINISHED;
    }
    if (halted) {
      stopping = false;
    }
  }

  /**
   * Waits for the final status of the program, and for that of a halt or clear.
   *
   * @return whether they have come
   */
  boolean await(long millis) throws InterruptedException {
    lock.lock();
    try {
      long left = TimeUnit.MILLISECONDS.toNanos(millis);
      while ((pending || stopping) && left > 0) {
        left = changed.awaitNanos(left);
      }
      return !pending && !stopping;
    } finally {
      lock.unlock();
    }
  }

  /** How the program ended that {@link #await} has seen end. */
  Fate fate() {
    lock.lock();
    try {
      return fate;
    } finally {
      lock.unlock();
    }
  }

  private void change(Runnable step) {
    lock.lock();
    try {
      step.run();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }
}
