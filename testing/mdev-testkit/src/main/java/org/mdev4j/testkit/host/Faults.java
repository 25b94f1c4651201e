package org.mdev4j.testkit.host;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * Makes the steps of a device's life fail, or wait. A step that is made to fail fails as if the
 * callback that it is about had thrown, or the memory had run out.
 *
 * <p>Thread-safe. Faults that did not happen are forgotten when the test is over.
 */
public final class Faults {
  /** Something that is to happen at a point. */
  private record Fault(LifecyclePoint point, AtomicInteger countdown, Runnable effect) {}

  private final List<Fault> faults = new CopyOnWriteArrayList<>();
  private final Set<Throwable> planted =
      Collections.synchronizedSet(Collections.newSetFromMap(new IdentityHashMap<>()));
  private final ConcurrentLinkedQueue<Turnstile> turnstiles = new ConcurrentLinkedQueue<>();

  Faults() {}

  /** The next step of that kind fails with {@code ENOMEM}. */
  public void failAt(LifecyclePoint point) {
    failAt(point, 1);
  }

  /** The {@code nth} next step of that kind fails with {@code ENOMEM}; 1 is the next. */
  public void failAt(LifecyclePoint point, int nth) {
    failAt(point, nth, new ErrnoException(Errno.ENOMEM, "made to fail by a test, at " + point));
  }

  /** The {@code nth} next step of that kind throws {@code failure}; 1 is the next. */
  public void failAt(LifecyclePoint point, int nth, RuntimeException failure) {
    planted.add(failure);
    faults.add(
        new Fault(
            point,
            new AtomicInteger(nth),
            () -> {
              throw failure;
            }));
  }

  /**
   * The next step of that kind waits until the turnstile is opened: a write to {@code create} that
   * blocks, an open that takes its time.
   */
  public Turnstile blockAt(LifecyclePoint point) {
    Turnstile turnstile = turnstile();
    faults.add(new Fault(point, new AtomicInteger(1), turnstile::pass));
    return turnstile;
  }

  /** A turnstile of the test's own, opened at the latest when the test is over. */
  public Turnstile turnstile() {
    Turnstile turnstile = new Turnstile();
    turnstiles.add(turnstile);
    return turnstile;
  }

  /** Whether every fault has happened. */
  public boolean haveHappened() {
    return faults.isEmpty();
  }

  /** Nothing fails or waits any more. */
  public void clear() {
    faults.clear();
    turnstiles.forEach(Turnstile::open);
    turnstiles.clear();
  }

  /** Whether a failure comes from here, also if it was wrapped on its way. */
  boolean planted(Throwable failure) {
    Throwable cause = failure;
    while (cause != null && !planted.contains(cause)) {
      cause = cause.getCause();
    }
    return cause != null;
  }

  void pass(LifecyclePoint point) {
    List<Fault> due =
        faults.stream()
            .filter(fault -> fault.point == point && fault.countdown.decrementAndGet() == 0)
            .toList();
    faults.removeAll(due);
    due.forEach(fault -> fault.effect.run());
  }
}
