package org.mdev4j.sim.css.config;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * Reads the members of one JSON object and says where something is wrong: {@code
 * subchannels[2].device: 'xyz' is no number of up to 4 hexadecimal digits}.
 */
final class JsonObject {
  private final JsonNode node;
  private final String where;

  JsonObject(JsonNode node, String where) {
    this.node = node;
    this.where = where;
    if (!node.isObject()) {
      throw wrong("is not an object");
    }
  }

  /** Refuses members that nobody reads. */
  void allowOnly(String... names) {
    Set<String> allowed = new TreeSet<>(List.of(names));
    node.fieldNames()
        .forEachRemaining(
            name -> {
              if (!allowed.contains(name)) {
                throw wrong("knows no '" + name + "', only " + String.join(", ", allowed));
              }
            });
  }

  boolean has(String name) {
    return node.has(name);
  }

  String text(String name, @Nullable String otherwise) {
    JsonNode value = node.get(name);
    if (value == null && otherwise != null) {
      return otherwise;
    }
    if (value == null || !value.isTextual()) {
      throw wrong(name, value, "is no text");
    }
    return value.asText();
  }

  /** A text that is one of {@code choices}. */
  String choice(String name, @Nullable String otherwise, Collection<String> choices) {
    String value = text(name, otherwise);
    if (!choices.contains(value)) {
      throw wrong(name, node.get(name), "is none of " + String.join(", ", choices));
    }
    return value;
  }

  boolean flag(String name) {
    JsonNode value = node.get(name);
    if (value != null && !value.isBoolean()) {
      throw wrong(name, value, "is neither true nor false");
    }
    return value != null && value.asBoolean();
  }

  /** A whole number. */
  int number(String name, int otherwise, int least, int most) {
    JsonNode value = node.get(name);
    if (value == null) {
      return otherwise;
    }
    if (!value.canConvertToInt() || !value.isIntegralNumber()) {
      throw wrong(name, value, "is no whole number");
    }
    if (value.asInt() < least || value.asInt() > most) {
      throw wrong(name, value, "is not between " + least + " and " + most);
    }
    return value.asInt();
  }

  /** A number written as text, in hexadecimal, or null if it is not there. */
  @Nullable Integer hex(String name, int digits) {
    JsonNode value = node.get(name);
    return value == null ? null : (Integer) hex(name, value, digits);
  }

  /** A list of such numbers. */
  List<Integer> hexes(String name, int digits, int most) {
    JsonNode values = node.get(name);
    List<Integer> numbers = new ArrayList<>();
    if (values == null) {
      return numbers;
    }
    if (!values.isArray() || values.size() > most) {
      throw wrong(name, values, "is no list of up to " + most + " numbers");
    }
    for (int i = 0; i < values.size(); i++) {
      numbers.add(hex(name + "[" + i + "]", values.get(i), digits));
    }
    return numbers;
  }

  /** Bytes written as hexadecimal text. */
  String bytes(String name, String otherwise, int least) {
    String value = text(name, otherwise).replace(" ", "");
    if (!value.matches("(\\p{XDigit}{2})*") || value.length() < 2 * least) {
      throw wrong(
          name,
          node.get(name),
          String.format(Locale.ROOT, "is not at least %d bytes in hexadecimal", least));
    }
    return value;
  }

  /** The objects of a list. */
  List<JsonObject> objects(String name) {
    JsonNode values = node.get(name);
    List<JsonObject> objects = new ArrayList<>();
    if (values == null) {
      return objects;
    }
    if (!values.isArray()) {
      throw wrong(name, values, "is no list");
    }
    for (int i = 0; i < values.size(); i++) {
      objects.add(new JsonObject(values.get(i), path(name + "[" + i + "]")));
    }
    return objects;
  }

  /** The members of an object, as objects. */
  List<Map.Entry<String, JsonObject>> members(String name) {
    JsonNode value = node.get(name);
    List<Map.Entry<String, JsonObject>> members = new ArrayList<>();
    if (value == null) {
      return members;
    }
    if (!value.isObject()) {
      throw wrong(name, value, "is not an object");
    }
    for (Map.Entry<String, JsonNode> entry : value.properties()) {
      String itsPath = path(name + "." + entry.getKey());
      members.add(Map.entry(entry.getKey(), new JsonObject(entry.getValue(), itsPath)));
    }
    return members;
  }

  /** What to throw if a member is wrong in some other way. */
  ErrnoException wrong(String name, String why) {
    return new ErrnoException(Errno.EINVAL, path(name) + ": " + why);
  }

  ErrnoException wrong(String why) {
    return new ErrnoException(Errno.EINVAL, where + " " + why);
  }

  private int hex(String name, JsonNode value, int digits) {
    String text = value.isTextual() ? value.asText() : "";
    if (!text.matches("\\p{XDigit}{1," + digits + "}")) {
      throw wrong(name, value, "is no number of up to " + digits + " hexadecimal digits, as text");
    }
    return Integer.parseInt(text, 16);
  }

  private ErrnoException wrong(String name, @Nullable JsonNode value, String why) {
    return wrong(name, value == null ? "is missing" : value + " " + why);
  }

  private String path(String name) {
    return where + "." + name;
  }
}
