package org.mdev4j.testkit.host;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ListAssert;
import org.mdev4j.device.Uevent;
import org.mdev4j.device.Uevents;
import org.mdev4j.device.errno.ErrnoException;

/**
 * The uevents of a host, in order. Up to {@value #ROOM} wait to be looked at.
 *
 * <p>Thread-safe.
 */
public final class UeventLog {
  private static final int ROOM = 1 << 18;

  private final Uevents.Subscription subscription;
  private final List<Uevent> seen = new CopyOnWriteArrayList<>();

  UeventLog(Uevents uevents) {
    this(uevents, ROOM);
  }

  UeventLog(Uevents uevents, int room) {
    subscription = uevents.subscribe(room);
  }

  /**
   * All events so far.
   *
   * @throws AssertionError if events were lost because too many were waiting
   */
  public List<Uevent> events() {
    synchronized (subscription) {
      try {
        seen.addAll(subscription.drain());
      } catch (ErrnoException lost) {
        throw new AssertionError(
            lost.getMessage() + "; look at uevents, or clear them, more often", lost);
      }
    }
    return List.copyOf(seen);
  }

  /** To assert on what was announced of one device: {@code add}, {@code bind} ... */
  public ListAssert<String> of(String device) {
    return Assertions.assertThat(
            events().stream()
                .filter(event -> event.devpath().endsWith("/" + device))
                .map(event -> event.action().word())
                .toList())
        .as("uevents of %s", device);
  }

  /** To assert on everything, each event as {@code action@devpath KEY=VALUE ...}. */
  public ListAssert<String> ofAll() {
    return Assertions.assertThat(
            events().stream()
                .map(event -> (event.header() + " " + String.join(" ", event.env())).strip())
                .toList())
        .as("uevents of the host");
  }

  /** Forgets all events so far, also those that were lost. */
  public void clear() {
    synchronized (subscription) {
      boolean forgotten = false;
      while (!forgotten) {
        try {
          var _ = subscription.drain();
          forgotten = true;
        } catch (ErrnoException lost) {
          // Once for each loss; what is queued comes next.
        }
      }
      seen.clear();
    }
  }
}
