package org.mdev4j.replay.transcript;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of one step, by a kernel or by a host.
 *
 * @param result what the call gave
 * @param uevents the uevents seen with it, in order, in the transcript's form; null where they were
 *     only counted, or nobody looked
 * @param events what the eventfds counted, only those that counted something
 * @param trace the events of a subchannel's state machine, each as {@code STATE/EVENT} with the
 *     state before it
 */
public record Observation(
    JsonNode result, @Nullable ArrayNode uevents, ObjectNode events, List<String> trace) {
  public Observation {
    trace = List.copyOf(trace);
  }

  /** An observation without eventfds and trace. */
  public static Observation of(JsonNode result, @Nullable ArrayNode uevents) {
    return new Observation(result, uevents, JsonNodeFactory.instance.objectNode(), List.of());
  }

  /** This observation, but with the result of {@code other}. */
  public Observation giving(Observation other) {
    return giving(other.result);
  }

  /** This observation with another result. */
  public Observation giving(JsonNode otherResult) {
    return new Observation(otherResult, uevents, events, trace);
  }

  /** This observation with other uevents. */
  public Observation announcing(ArrayNode otherUevents) {
    return new Observation(result, otherUevents, events, trace);
  }

  /** This observation with other counts of eventfds. */
  public Observation signalling(ObjectNode otherEvents) {
    return new Observation(result, uevents, otherEvents, trace);
  }

  /** This observation with another trace. */
  public Observation tracing(List<String> otherTrace) {
    return new Observation(result, uevents, events, otherTrace);
  }

  /** One line for people. */
  @Override
  public String toString() {
    StringBuilder text = new StringBuilder(result.toString());
    if (uevents != null && !uevents.isEmpty()) {
      text.append(" uevents ").append(uevents);
    }
    if (!events.isEmpty()) {
      text.append(" events ").append(events);
    }
    if (!trace.isEmpty()) {
      text.append(" trace ").append(trace);
    }
    return text.toString();
  }
}
