package org.mdev4j.replay.transcript;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The arguments of a step or of a hidden call. What is asked for and is not there, or is of the
 * wrong kind, is an error of the transcript.
 *
 * @param json the object as it was written
 */
public record Args(ObjectNode json) {

  public boolean has(String name) {
    return json.hasNonNull(name);
  }

  public String text(String name) {
    JsonNode value = value(name);
    if (!value.isTextual()) {
      throw new TranscriptException("argument '" + name + "' is no text: " + value);
    }
    return value.textValue();
  }

  /** The text, or {@code otherwise} if there is none. */
  public String text(String name, String otherwise) {
    return has(name) ? text(name) : otherwise;
  }

  public @Nullable String textOrNull(String name) {
    return has(name) ? text(name) : null;
  }

  public long number(String name) {
    JsonNode value = value(name);
    if (!value.isIntegralNumber()) {
      throw new TranscriptException("argument '" + name + "' is no whole number: " + value);
    }
    return value.longValue();
  }

  public int size(String name) {
    return Math.toIntExact(number(name));
  }

  /** A number of 32 bits, signed or unsigned. */
  public int word(String name) {
    return (int) number(name);
  }

  /** A number, or one written down as a text: {@code 0x} and hexadecimal digits, up to 64 bits. */
  public long address(String name) {
    JsonNode value = value(name);
    if (!value.isTextual()) {
      return number(name);
    }
    try {
      String text = value.textValue();
      return text.startsWith("0x")
          ? Long.parseUnsignedLong(text.substring(2), 16)
          : Long.parseLong(text);
    } catch (NumberFormatException malformed) {
      throw new TranscriptException("argument '" + name + "' is no number: " + value, malformed);
    }
  }

  /** The bytes of an argument that gives them in hexadecimal, in address order. */
  public byte[] bytes(String name) {
    return HexFormat.of().parseHex(text(name));
  }

  public boolean flag(String name) {
    return json.path(name).asBoolean(false);
  }

  /** A list of texts; a single text counts as a list of one. */
  public List<String> texts(String name) {
    JsonNode value = value(name);
    if (value.isTextual()) {
      return List.of(value.textValue());
    }
    List<String> texts = new ArrayList<>();
    value.forEach(element -> texts.add(element.asText()));
    return texts;
  }

  /** A list of calls; an absent one is empty. */
  public List<Args> calls(String name) {
    List<Args> calls = new ArrayList<>();
    for (JsonNode call : json.path(name)) {
      if (!(call instanceof ObjectNode object)) {
        throw new TranscriptException("'" + name + "' holds something that is no call: " + call);
      }
      calls.add(new Args(object));
    }
    return calls;
  }

  /** The bytes of {@code data}, or {@code fill_count} bytes of {@code fill_byte}. */
  public byte[] data() {
    if (has("fill_count")) {
      byte[] filled = new byte[size("fill_count")];
      Arrays.fill(filled, (byte) number("fill_byte"));
      return filled;
    }
    return text("data").getBytes(ISO_8859_1);
  }

  private JsonNode value(String name) {
    JsonNode value = json.get(name);
    if (value == null || value.isNull()) {
      throw new TranscriptException("argument '" + name + "' is missing");
    }
    return value;
  }

  @Override
  public String toString() {
    return json.toString();
  }
}
