package org.mdev4j.replay.probe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.ToIntFunction;
import org.jspecify.annotations.Nullable;
import org.mdev4j.css.ChannelSubsystem;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.host.TraceEvent;
import org.mdev4j.device.host.Tracing;
import org.mdev4j.replay.transcript.Observation;
import org.mdev4j.replay.vfio.Eventfd;

/**
 * What came of a step besides its result: uevents, counts of eventfds, the trace of the
 * subchannel's state machine. Much of it happens in other threads. So what is expected is waited
 * for, but not for ever; what comes after the look belongs to the next step, and is too much there.
 *
 * <h2>Thread safety</h2>
 *
 * It belongs to the thread that replays, but for the trace, which is guarded by itself and filled
 * by whoever emits.
 */
final class Aftermath implements AutoCloseable {
  private static final String POINT = "vfio_ccw_fsm_event";
  private static final Duration LOOK_EVERY = Duration.ofMillis(1);

  /** For what nobody expects to show itself. */
  private static final Duration GRACE = Duration.ofMillis(3);

  private final Host host;
  private final Inbox inbox;
  private final List<String> trace = new ArrayList<>();
  private final Tracing.Listening listening;

  Aftermath(Host host, Inbox inbox) {
    this.host = host;
    this.inbox = inbox;
    listening = host.tracing().listen(this::traced);
  }

  private void traced(TraceEvent event) {
    if (event.point().equals(POINT)) {
      synchronized (trace) {
        trace.add(event.fields().get("state") + "/" + event.fields().get("event"));
      }
    }
  }

  /**
   * What is expected of a step.
   *
   * @param answers the observations that would be right
   * @param traceLength how long a trace to wait for, if it is to be that answer
   * @param shared whether calls in the background go on: their uevents may come with this step or
   *     with the next one, so no more than expected are taken
   * @param settles whether what is under way can be waited for: nobody is held up
   * @param patience how long to wait at most
   */
  record Expected(
      List<Observation> answers,
      ToIntFunction<Observation> traceLength,
      boolean shared,
      boolean settles,
      Duration patience) {}

  /** Takes what belongs to a step with that result. */
  Observation collect(JsonNode result, Expected expected, Map<String, Eventfd> eventfds)
      throws InterruptedException {
    List<Observation> alike =
        expected.answers.stream().filter(answer -> isSame(answer.result(), result)).toList();
    List<Observation> candidates = alike.isEmpty() ? expected.answers : alike;
    long end = System.nanoTime() + expected.patience.toNanos();
    Observation complete = complete(candidates, expected, eventfds);
    while (complete == null && System.nanoTime() < end) {
      Thread.sleep(LOOK_EVERY);
      complete = complete(candidates, expected, eventfds);
    }
    if (expected.settles) {
      host.service(ChannelSubsystem.class).settle();
    }
    Thread.sleep(GRACE);
    Observation last = complete == null ? candidates.getFirst() : complete;
    ArrayNode announced = last.uevents();
    return new Observation(
        result,
        inbox.takeNow(expected.shared && announced != null ? announced.size() : Integer.MAX_VALUE),
        counts(eventfds),
        takeTrace());
  }

  private static boolean isSame(JsonNode one, JsonNode other) {
    // As text: an int and a long of one value are two kinds of nodes.
    return one.toString().equals(other.toString());
  }

  /** The answer of which everything is there, or null. */
  private @Nullable Observation complete(
      List<Observation> candidates, Expected expected, Map<String, Eventfd> eventfds) {
    for (Observation answer : candidates) {
      ArrayNode uevents = answer.uevents();
      boolean announced = uevents == null || inbox.pending() >= uevents.size();
      if (announced
          && traceLength() >= expected.traceLength.applyAsInt(answer)
          && areCounted(answer.events(), eventfds)) {
        return answer;
      }
    }
    return null;
  }

  private static boolean areCounted(ObjectNode events, Map<String, Eventfd> eventfds) {
    for (Map.Entry<String, JsonNode> event : events.properties()) {
      Eventfd eventfd = eventfds.get(event.getKey());
      if (eventfd == null || eventfd.counter().peek() < event.getValue().asLong()) {
        return false;
      }
    }
    return true;
  }

  private static ObjectNode counts(Map<String, Eventfd> eventfds) {
    ObjectNode counts = Answers.object();
    eventfds.forEach(
        (name, eventfd) -> {
          long count = eventfd.counter().take();
          if (count > 0) {
            counts.put(name, count);
          }
        });
    return counts;
  }

  private int traceLength() {
    synchronized (trace) {
      return trace.size();
    }
  }

  private List<String> takeTrace() {
    synchronized (trace) {
      List<String> taken = List.copyOf(trace);
      trace.clear();
      return taken;
    }
  }

  @Override
  public void close() {
    listening.close();
  }
}
