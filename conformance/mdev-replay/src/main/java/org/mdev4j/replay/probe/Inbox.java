package org.mdev4j.replay.probe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.Uevent;
import org.mdev4j.device.Uevents;
import org.mdev4j.device.errno.ErrnoException;

/**
 * The probe's netlink socket: uevents that were emitted and not yet written down with a step. Its
 * queue has room for all that the longest step announces; if events are lost all the same, the step
 * in which that is found out breaks.
 *
 * <p>Not thread-safe: it belongs to the thread that replays.
 */
public final class Inbox implements AutoCloseable {
  /** How long an event that was recorded with a step may take to arrive. */
  private static final Duration LATE = Duration.ofSeconds(1);

  /** A storm of a few seconds announces some two million events on a fast machine. */
  private static final int ROOM = 1 << 24;

  /** How a transcript writes an event down. */
  public enum Form {
    OBJECTS,
    STRINGS
  }

  private final Uevents.Subscription subscription;
  private final Form form;
  private final Deque<Uevent> pending = new ArrayDeque<>();
  private final List<Uevent> taken = new ArrayList<>();

  Inbox(Uevents uevents, Form form) {
    this(uevents, form, ROOM);
  }

  Inbox(Uevents uevents, Form form, int room) {
    subscription = uevents.subscribe(room);
    this.form = form;
  }

  /**
   * Takes what belongs to a step.
   *
   * @param expected how many were recorded with it; so many are waited for, for a moment
   * @param shared whether a call in the background goes on beyond the step: what it emits may be
   *     written down with this step or with the next one, as chance had it, so no more than
   *     expected are taken
   */
  ArrayNode take(int expected, boolean shared) throws InterruptedException {
    var _ = pending();
    long limit = System.nanoTime() + LATE.toNanos();
    while (pending.size() < expected) {
      Uevent late = poll(Duration.ofNanos(Math.max(0, limit - System.nanoTime())));
      if (late == null) {
        break;
      }
      pending.add(late);
    }
    return takeNow(shared ? expected : Integer.MAX_VALUE);
  }

  /** How many events are there and not taken. */
  int pending() {
    try {
      pending.addAll(subscription.drain());
    } catch (ErrnoException lost) {
      throw broken(lost);
    }
    return pending.size();
  }

  private @Nullable Uevent poll(Duration limit) throws InterruptedException {
    try {
      return subscription.poll(limit);
    } catch (ErrnoException lost) {
      throw broken(lost);
    }
  }

  /** Not an errno: the step that asks has none, and a call must not seem to have answered it. */
  private static IllegalStateException broken(ErrnoException lost) {
    return new IllegalStateException("the replay missed events: " + lost.getMessage(), lost);
  }

  /** Takes what is there, {@code most} events at most. */
  ArrayNode takeNow(int most) {
    var _ = pending();
    ArrayNode events = Answers.array();
    while (!pending.isEmpty() && events.size() < most) {
      Uevent event = pending.remove();
      taken.add(event);
      events.add(written(event));
    }
    return events;
  }

  /** Forgets what is pending: it appears in no step. */
  void drain() {
    var _ = pending();
    taken.addAll(pending);
    pending.clear();
  }

  /** All events that were taken or forgotten since the last call. */
  List<Uevent> takenSince() {
    List<Uevent> events = List.copyOf(taken);
    taken.clear();
    return events;
  }

  /** An event as the transcript writes it down. */
  JsonNode written(Uevent event) {
    return form == Form.OBJECTS ? object(event) : TextNode.valueOf(string(event));
  }

  private static ObjectNode object(Uevent event) {
    ObjectNode object =
        Answers.object().put("uevent", event.header()).put("subsystem", event.subsystem());
    ArrayNode env = object.putArray("env");
    event.env().forEach(env::add);
    return object;
  }

  private static String string(Uevent event) {
    StringBuilder text = new StringBuilder(event.header());
    text.append(" SUBSYSTEM=").append(event.subsystem());
    event.env().forEach(variable -> text.append(' ').append(variable));
    return text.toString();
  }

  @Override
  public void close() {
    subscription.close();
  }
}
