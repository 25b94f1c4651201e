package org.mdev4j.replay.probe;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import org.mdev4j.device.errno.ErrnoException;

/** The forms in which transcripts write down what a call gave. */
public final class Answers {
  private Answers() {}

  public static ObjectNode object() {
    return JsonNodeFactory.instance.objectNode();
  }

  public static ArrayNode array() {
    return JsonNodeFactory.instance.arrayNode();
  }

  /** {@code {"ret": value}}. */
  public static ObjectNode ret(long value) {
    return object().put("ret", value);
  }

  /** {@code {"errno": name}}. */
  public static ObjectNode errno(ErrnoException refusal) {
    return object().put("errno", refusal.errno().name());
  }

  /** {@code {"errno": name, "at": call}}. */
  public static ObjectNode errno(ErrnoException refusal, String at) {
    return errno(refusal).put("at", at);
  }

  /** {@code {"data": text}}, where each character is a byte. */
  public static ObjectNode data(byte[] data) {
    return object().put("data", new String(data, ISO_8859_1));
  }

  /** A write's answer in one word: {@code ok(36)} or {@code EEXIST@write}. */
  public static String word(JsonNode answer) {
    return answer.has("ret")
        ? "ok(" + answer.path("ret").asLong() + ")"
        : answer.path("errno").asText() + "@" + answer.path("at").asText();
  }

  /** Whether a call worked. */
  public static boolean worked(JsonNode answer) {
    return !answer.has("errno");
  }
}
