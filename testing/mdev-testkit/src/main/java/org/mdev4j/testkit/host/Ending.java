package org.mdev4j.testkit.host;

import java.time.Duration;

/**
 * A step that ends something and may wait for whoever uses it: unregistering a device waits for
 * every reference, without a limit. Where nobody has the device open any more, such a wait is a
 * fault, and is found out here.
 */
final class Ending {
  private Ending() {}

  /**
   * Does {@code step}; what it throws is thrown.
   *
   * @throws AssertionError if it does not end
   */
  static void of(TestHost host, String what, Runnable step) {
    long asked = requests(host);
    long start = System.nanoTime();
    Background<Void> running = Background.run(step);
    while (!running.isDone()) {
      Duration waited = Duration.ofNanos(System.nanoTime() - start);
      if (waited.compareTo(host.limits().held()) > 0
          && requests(host) > asked
          && !host.hasUsers()) {
        host.becomeStuck();
        throw new AssertionError(
            what
                + " waits for a reference that nobody puts (spec/vfio.md 1.3, 1.4): close every"
                + " Lease that tryGet gave, best by try-with-resources");
      }
      if (waited.compareTo(host.limits().end()) > 0) {
        host.becomeStuck();
        throw new AssertionError(
            what
                + " does not end: take locks in one order only, and wait for nothing under a lock;"
                + " it stands in\n"
                + running.stack());
      }
      Background.pause();
    }
    running.join();
  }

  private static long requests(TestHost host) {
    return host.lifecycle().steps().stream()
        .filter(step -> step.point() == LifecyclePoint.REQUEST)
        .count();
  }
}
