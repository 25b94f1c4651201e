package org.mdev4j.device.lifetime;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.function.Predicate;
import org.mdev4j.device.errno.ErrnoException;

/**
 * Everything that was acquired in one name: memory, files, registrations. Closing the scope gives
 * it all back, newest first, also when something failed half way.
 *
 * <p>There is one scope per loaded module, one per bound (device, driver) and one per mediated
 * device. The core makes and closes them; a driver only puts things in:
 *
 * {@snippet :
 * HostBuffer program = scope.own(memory.allocate(4096, 8, 1L << 31)); // @highlight substring="own"
 * }
 *
 * <h2>Thread safety</h2>
 *
 * The list is guarded by this object's monitor, which is never held while something is given back.
 * A scope that is closed, or being closed, takes nothing in: what is offered to it is given back at
 * once and the offer is refused, so nothing can be left behind by a late acquirer.
 */
public final class Scope implements Drained {
  private final String name;
  private final Runnable beforeOwning;
  private final FailureListener failures;
  private final Deque<AutoCloseable> owned = new ArrayDeque<>();
  private boolean closed;

  /**
   * @param name in whose name things are acquired; used in messages only
   */
  public Scope(String name) {
    this(name, FailureListener.NONE);
  }

  /**
   * A scope of which somebody wants to know what could not be given back.
   *
   * @param name in whose name things are acquired
   * @param failures is told of what failed, after that was logged
   */
  public Scope(String name, FailureListener failures) {
    this(name, () -> {}, failures);
  }

  /**
   * A scope that can be made to refuse.
   *
   * @param name in whose name things are acquired
   * @param beforeOwning runs before something is taken in; if it throws, what was offered is given
   *     back at once and the offer is refused with what it threw
   */
  public Scope(String name, Runnable beforeOwning) {
    this(name, beforeOwning, FailureListener.NONE);
  }

  /**
   * A scope that can be made to refuse, and of which somebody wants to know what could not be given
   * back.
   *
   * @param name in whose name things are acquired
   * @param beforeOwning runs before something is taken in
   * @param failures is told of what could not be given back, after that was logged
   */
  public Scope(String name, Runnable beforeOwning, FailureListener failures) {
    this.name = name;
    this.beforeOwning = beforeOwning;
    this.failures = failures;
  }

  /**
   * Hands {@code resource} over to this scope, which will close it.
   *
   * @return {@code resource}
   * @throws IllegalStateException if the scope was closed; the resource is closed first
   */
  public <T extends AutoCloseable> T own(T resource) {
    try {
      beforeOwning.run();
    } catch (Throwable refusal) {
      giveBack(resource);
      throw refusal;
    }
    synchronized (this) {
      if (!closed) {
        owned.push(resource);
        return resource;
      }
    }
    giveBack(resource);
    throw new IllegalStateException("the scope of " + name + " is closed");
  }

  /** Runs {@code action} when the scope is closed. See {@link #own}. */
  public void onClose(Runnable action) {
    var _ = own(action::run);
  }

  /**
   * Runs {@code action} when the scope is closed. See {@link #own}.
   *
   * @param waitsFor whether the action waits for what is done at a place
   */
  public void onClose(Predicate<Object> waitsFor, Runnable action) {
    var _ = own(new Ending(waitsFor, action));
  }

  @Override
  public boolean waitsFor(Object place) {
    List<AutoCloseable> all;
    synchronized (this) {
      all = List.copyOf(owned);
    }
    for (AutoCloseable each : all) {
      if (each instanceof Drained drained && drained.waitsFor(place)) {
        return true;
      }
    }
    return false;
  }

  /**
   * Gives back everything, newest first, and refuses what is offered from now on. A failure is
   * logged and does not keep the older things from being given back. A second close does nothing.
   *
   * @throws ErrnoException {@code EDEADLK} if the calling thread is in the middle of something that
   *     this waits for; nothing is given back then
   */
  @Override
  public void close() {
    Activity.refuseSelfWait(() -> "the close of the scope of " + name, this::waitsFor);
    synchronized (this) {
      closed = true;
    }
    while (true) {
      AutoCloseable newest;
      synchronized (this) {
        newest = owned.poll();
      }
      if (newest == null) {
        return;
      }
      giveBack(newest);
    }
  }

  /** How many things this scope holds now. */
  public synchronized int size() {
    return owned.size();
  }

  @Override
  public String toString() {
    return "Scope[" + name + "]";
  }

  private void giveBack(AutoCloseable resource) {
    try {
      resource.close();
    } catch (Throwable failure) {
      // The older resources must still be given back, and no caller could repair this one.
      failures.report("what the scope of " + name + " gives back", failure);
    }
  }

  /** An action at the end, of which is known what it waits for. */
  private record Ending(Predicate<Object> waits, Runnable action) implements Drained {
    @Override
    public boolean waitsFor(Object place) {
      return waits.test(place);
    }

    @Override
    public void close() {
      action.run();
    }
  }
}
