package org.mdev4j.replay.transcript;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One line of a transcript: a call that a probe made on a kernel, and what it saw.
 *
 * @param line its number in the file, from 1
 * @param number the number that it states itself
 * @param op what was called
 * @param args with what
 * @param section a part of the file that is treated in a way of its own, or null
 * @param recorded what was seen
 */
public record Step(
    int line, int number, String op, Args args, @Nullable String section, Observation recorded) {

  /** Fields of a result that are never compared. */
  private static final String KERNEL_STACK = "kernel_stack";

  /**
   * @throws TranscriptException for an object that is no step
   */
  static Step of(int line, JsonNode json) {
    JsonNode number = json.path("step");
    JsonNode op = json.path("op");
    if (!number.isInt() || !op.isTextual()) {
      throw new TranscriptException("no step: it needs a number 'step' and a text 'op'");
    }
    JsonNode args = json.path("args");
    if (args.isMissingNode() || args.isNull()) {
      args = JsonNodeFactory.instance.objectNode();
    }
    if (!(args instanceof ObjectNode object)) {
      throw new TranscriptException("'args' is no object");
    }
    return new Step(
        line,
        number.intValue(),
        op.textValue(),
        new Args(object),
        json.path("section").textValue(),
        recorded(json));
  }

  private static Observation recorded(JsonNode json) {
    JsonNode result = json.path("result").deepCopy();
    if (result instanceof ObjectNode object) {
      object.remove(KERNEL_STACK);
    }
    ArrayNode uevents =
        json.get("uevents") instanceof ArrayNode seen
            ? seen
            : json.has("uevent_count") ? null : JsonNodeFactory.instance.arrayNode();
    ObjectNode events =
        json.get("events") instanceof ObjectNode counted
            ? counted
            : JsonNodeFactory.instance.objectNode();
    return new Observation(result, uevents, events, StateEvents.of(json.path("trace")));
  }

  /** The same with another trace. */
  public Step traced(List<String> trace) {
    return new Step(line, number, op, args, section, recorded.tracing(trace));
  }

  /** How messages name the step. */
  @Override
  public String toString() {
    return "step " + number + " " + op;
  }
}
