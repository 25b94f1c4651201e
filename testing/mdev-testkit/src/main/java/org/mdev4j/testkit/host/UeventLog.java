package org.mdev4j.testkit.host;

import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ListAssert;
import org.mdev4j.device.Uevent;
import org.mdev4j.device.Uevents;

/** The uevents of a host, in order. Thread-safe. */
public final class UeventLog {
  private final Uevents.Subscription subscription;
  private final List<Uevent> seen = new CopyOnWriteArrayList<>();

  UeventLog(Uevents uevents) {
    subscription = uevents.subscribe();
  }

  /** All events so far. */
  public List<Uevent> events() {
    synchronized (subscription) {
      seen.addAll(subscription.drain());
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

  /** Forgets what was. */
  public void clear() {
    var _ = events();
    seen.clear();
  }
}
