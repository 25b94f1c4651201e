// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.device.lifetime;

import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * What a thread is in the middle of and others may wait for: the store of an attribute, the probe
 * of a device, the load of a module.
 *
 * <p>A thread that waits for itself waits for ever. So what waits until others have left (a
 * removal, an unload, a flush) first calls {@link #refuseSelfWait}, before it changes anything, and
 * the caller gets {@code EDEADLK} with both ends named.
 *
 * <h2>Thread safety</h2>
 *
 * Each thread has a chain of its own, bound with {@link ScopedValue}: to begin and to end an
 * activity touches nothing that threads share. The chain is searched only by a thread that is about
 * to wait. A chain does not pass to threads that an activity starts: a store that waits for a
 * thread which removes its device is not found out.
 */
public final class Activity {
  private static final ScopedValue<Activity> CURRENT = ScopedValue.newInstance();

  private final String what;
  private final Object place;
  private final @Nullable Activity outer;

  private Activity(String what, Object place) {
    this.what = what;
    this.place = place;
    this.outer = current();
  }

  /** A place that is told what the threads inside it wait for. */
  public interface Watcher {
    /**
     * A thread inside begins to wait, or has ended to.
     *
     * @param wait what it waits for now; null for nothing
     * @return what was told before
     */
    @Nullable Wait waits(@Nullable Wait wait);
  }

  /**
   * A wait of a thread that is inside something.
   *
   * @param place where those are for whom it waits
   * @param forWhat what it waits for, for people; asked whenever it is shown
   */
  public record Wait(Object place, Supplier<String> forWhat) {}

  /**
   * Runs {@code body} as an activity.
   *
   * @param what what is done, a noun: {@code store}
   * @param place where; messages name it by its {@code toString}
   */
  public static void run(String what, Object place, Runnable body) {
    ScopedValue.where(CURRENT, new Activity(what, place)).run(body);
  }

  /** Calls {@code body} as an activity. See {@link #run}. */
  public static <T extends @Nullable Object, X extends Throwable> T call(
      String what, Object place, ScopedValue.CallableOp<? extends T, X> body) throws X {
    return ScopedValue.where(CURRENT, new Activity(what, place)).<T, X>call(body);
  }

  /**
   * Checks that a wait which is about to begin is not for the calling thread itself.
   *
   * @param waiter what waits, for the message: {@code the removal of X}
   * @param waitsFor whether it waits for what is done at a place
   * @throws ErrnoException {@code EDEADLK} if the thread is in the middle of something that the
   *     wait is for
   */
  public static void refuseSelfWait(Supplier<String> waiter, Predicate<Object> waitsFor) {
    for (Activity at = current(); at != null; at = at.outer) {
      if (waitsFor.test(at.place)) {
        throw new ErrnoException(
            Errno.EDEADLK,
            at + " waits for " + waiter.get() + ", which waits for " + at + " to end");
      }
    }
  }

  /**
   * Runs {@code body}, which waits, and meanwhile lets the {@linkplain Watcher places} that the
   * thread is inside of know for what.
   *
   * @param place where those are for whom it waits
   * @param forWhat what it waits for, for people
   */
  public static <X extends Throwable> void waiting(
      Object place, Supplier<String> forWhat, Waiting<X> body) throws X {
    waiting(current(), new Wait(place, forWhat), body);
  }

  private static <X extends Throwable> void waiting(
      @Nullable Activity at, Wait wait, Waiting<X> body) throws X {
    if (at == null) {
      body.run();
    } else if (at.place instanceof Watcher watcher) {
      Wait before = watcher.waits(wait);
      try {
        waiting(at.outer, wait, body);
      } finally {
        var _ = watcher.waits(before);
      }
    } else {
      waiting(at.outer, wait, body);
    }
  }

  /** Something that waits. */
  @FunctionalInterface
  public interface Waiting<X extends Throwable> {
    void run() throws X;
  }

  private static @Nullable Activity current() {
    return CURRENT.isBound() ? CURRENT.get() : null;
  }

  @Override
  public String toString() {
    return "the " + what + " of " + place;
  }
}
