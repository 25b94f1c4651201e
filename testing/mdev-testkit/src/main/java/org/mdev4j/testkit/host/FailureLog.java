package org.mdev4j.testkit.host;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Predicate;

/**
 * The failures of a driver that the core can only log: in close, request or remove, in what a scope
 * gives back, in queued work; and in a user's call everything thrown that is not a refusal, of
 * which the user learns only that the device failed. A good driver has nothing here, and {@link
 * TestHost#close} asks for that.
 *
 * <p>Thread-safe.
 */
public final class FailureLog {
  /**
   * A failure.
   *
   * @param what what was being done, for people
   * @param thrown what it threw
   */
  public record Failure(String what, Throwable thrown) {
    @Override
    public String toString() {
      return what + " failed: " + thrown;
    }
  }

  private final List<Failure> failures = new CopyOnWriteArrayList<>();
  private final Predicate<Throwable> planted;

  /**
   * @param planted which failures are the test's own, and nothing to write down
   */
  FailureLog(Predicate<Throwable> planted) {
    this.planted = planted;
  }

  /** All failures so far. */
  public List<Failure> failures() {
    return List.copyOf(failures);
  }

  /** Forgets what was: a test does so that has brought it about. */
  public void clear() {
    failures.clear();
  }

  void add(String what, Throwable failure) {
    if (!planted.test(failure)) {
      failures.add(new Failure(what, failure));
    }
  }
}
