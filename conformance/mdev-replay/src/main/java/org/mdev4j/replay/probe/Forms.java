package org.mdev4j.replay.probe;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.LongNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.databind.node.TextNode;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Writes an answer down in the form that a recording chose: which fields there are, numbers or
 * hexadecimal digits. The form is all that is taken from the recording, never a value.
 */
public final class Forms {
  private static final String PREFIX = "0x";

  private Forms() {}

  /** That a file was opened: {@code fd: true} or {@code ret: fd}. */
  public static ObjectNode opened(JsonNode recorded) {
    return recorded.has("fd")
        ? Answers.object().put("fd", true)
        : Answers.object().put("ret", "fd");
  }

  /** One number: as a number, or in as many hexadecimal digits as were recorded. */
  public static JsonNode number(JsonNode recorded, long value) {
    if (!recorded.isTextual()) {
      return LongNode.valueOf(value);
    }
    String text = recorded.textValue();
    String prefix = text.startsWith(PREFIX) ? PREFIX : "";
    int digits = Math.max(1, text.length() - prefix.length());
    String hex = Long.toHexString(value);
    return TextNode.valueOf(
        prefix + (prefix.isEmpty() ? "0".repeat(Math.max(0, digits - hex.length())) : "") + hex);
  }

  /**
   * Values of 16 bits, one after another: as a list, as an object with a field for each, as bytes
   * in address order, or any of these in a field; {@code ret} is {@code size}.
   */
  public static JsonNode words(JsonNode recorded, int[] values, int size) {
    if (recorded instanceof ArrayNode list && list.size() == values.length) {
      ArrayNode filled = Answers.array();
      for (int i = 0; i < values.length; i++) {
        filled.add(number(list.path(i), values[i]));
      }
      return filled;
    }
    if (recorded.isTextual()) {
      return TextNode.valueOf(HexFormat.of().formatHex(bytes(values)));
    }
    ObjectNode filled = Answers.object();
    List<Map.Entry<String, JsonNode>> fields = new ArrayList<>();
    for (Map.Entry<String, JsonNode> field : recorded.properties()) {
      if (field.getKey().equals("ret")) {
        filled.put("ret", size);
      } else {
        fields.add(field);
      }
    }
    for (int i = 0; i < fields.size(); i++) {
      JsonNode form = fields.get(i).getValue();
      filled.set(
          fields.get(i).getKey(),
          fields.size() == values.length ? number(form, values[i]) : words(form, values, size));
    }
    return filled;
  }

  /** An object with the fields that were recorded and that {@code values} knows. */
  public static ObjectNode named(JsonNode recorded, Function<String, @Nullable Long> values) {
    ObjectNode filled = Answers.object();
    for (Map.Entry<String, JsonNode> field : recorded.properties()) {
      if (field.getValue().isObject()) {
        filled.set(field.getKey(), named(field.getValue(), values));
        continue;
      }
      Long value = values.apply(field.getKey().toLowerCase(Locale.ROOT));
      if (value != null) {
        filled.set(field.getKey(), number(field.getValue(), value));
      }
    }
    return filled;
  }

  private static byte[] bytes(int[] values) {
    byte[] bytes = new byte[values.length * 2];
    for (int i = 0; i < values.length; i++) {
      bytes[2 * i] = (byte) values[i];
      bytes[2 * i + 1] = (byte) (values[i] >> Byte.SIZE);
    }
    return bytes;
  }
}
