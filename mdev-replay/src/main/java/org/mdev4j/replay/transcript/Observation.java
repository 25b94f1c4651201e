package org.mdev4j.replay.transcript;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.jspecify.annotations.Nullable;

/**
 * What was seen of one step, by a kernel or by a host.
 *
 * @param result what the call gave
 * @param uevents the uevents seen with it, in order, in the transcript's form; null where they were
 *     only counted, or nobody looked
 * @param events what the eventfds counted, only those that counted something
 */
public record Observation(JsonNode result, @Nullable ArrayNode uevents, ObjectNode events) {

  /** An observation without eventfds. */
  public static Observation of(JsonNode result, @Nullable ArrayNode uevents) {
    return new Observation(result, uevents, JsonNodeFactory.instance.objectNode());
  }

  /** This observation, but with the result of {@code other}. */
  public Observation giving(Observation other) {
    return new Observation(other.result, uevents, events);
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
    return text.toString();
  }
}
