package org.mdev4j.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.util.DefaultIndenter;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import com.fasterxml.jackson.core.util.Separators;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.PrintWriter;
import java.math.BigInteger;
import org.jspecify.annotations.Nullable;

/** Prints JSON for programs: the same on every system, one object or array and a newline. */
final class Json {
  private Json() {}

  static void print(JsonNode node, PrintWriter out) {
    DefaultIndenter indenter = new DefaultIndenter("  ", "\n");
    Separators separators =
        Separators.createDefaultInstance()
            .withObjectFieldValueSpacing(Separators.Spacing.AFTER)
            .withArrayEmptySeparator("");
    DefaultPrettyPrinter printer =
        new DefaultPrettyPrinter(separators)
            .withObjectIndenter(indenter)
            .withArrayIndenter(indenter);
    try {
      out.print(JsonMapper.builder().build().writer(printer).writeValueAsString(node) + "\n");
      out.flush();
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  /** The number that {@code text} is, else the text, or null. */
  static JsonNode number(@Nullable String text) {
    if (text == null) {
      return JsonNodeFactory.instance.nullNode();
    }
    return text.matches("-?\\d+")
        ? JsonNodeFactory.instance.numberNode(new BigInteger(text))
        : JsonNodeFactory.instance.textNode(text);
  }
}
