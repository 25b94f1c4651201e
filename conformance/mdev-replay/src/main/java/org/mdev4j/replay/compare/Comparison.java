package org.mdev4j.replay.compare;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.util.Iterator;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.mdev4j.replay.transcript.Observation;
import org.mdev4j.replay.transcript.Step;

/**
 * Compares whole observations: every field of the result, every uevent in order, every eventfd, the
 * trace; only the numbers that the {@link Normaliser} knows may differ.
 */
public final class Comparison {
  /** A result that is the bare number of a group. */
  private static final String GROUP = "result.group";

  private final Normaliser.Attempt numbers;

  /** The directory whose entries are compared, with a final slash; empty for other steps. */
  private final String directory;

  private Comparison(Normaliser.Attempt numbers, String directory) {
    this.numbers = numbers;
    this.directory = directory;
  }

  /**
   * The first difference, as {@code where: expected X, got Y}; null if there is none, and then the
   * numbers that were paired stay paired.
   */
  public static @Nullable String difference(
      Step step, Observation expected, Observation got, Normaliser normaliser) {
    Normaliser.Attempt numbers = normaliser.attempt();
    String path = step.args().textOrNull("path");
    String directory = path == null ? "" : path.endsWith("/") ? path : path + "/";
    Comparison comparison = new Comparison(numbers, directory);
    String difference = comparison.compare("result", "", expected.result(), got.result());
    JsonNode uevents = expected.uevents();
    JsonNode gotUevents = got.uevents();
    if (difference == null && uevents != null) {
      difference =
          comparison.compare(
              "uevents",
              "",
              uevents,
              gotUevents == null ? JsonNodeFactory.instance.arrayNode() : gotUevents);
    }
    if (difference == null) {
      difference = comparison.compare("events", "", expected.events(), got.events());
    }
    if (difference == null && !expected.trace().equals(got.trace())) {
      difference = "trace: expected " + expected.trace() + ", got " + got.trace();
    }
    if (difference == null) {
      numbers.keep();
    }
    return difference;
  }

  /**
   * @param where the way to the values, for messages
   * @param file the path of the file that the values tell of, if known
   */
  private @Nullable String compare(String where, String file, JsonNode expected, JsonNode got) {
    if (expected.isObject() && got.isObject()) {
      return compareObjects(where, file, expected, got);
    }
    if (expected.isArray() && got.isArray()) {
      return compareArrays(where, expected, got);
    }
    boolean same;
    if (expected.isTextual() && got.isTextual()) {
      same = same(where, file, expected.textValue(), got.textValue());
    } else if (where.equals(GROUP) && expected.isInt() && got.canConvertToInt()) {
      same = numbers.same("iommu_groups/" + expected, "iommu_groups/" + got);
    } else if (expected.isIntegralNumber() && got.isIntegralNumber()) {
      // Jackson tells an int from a long.
      same = expected.bigIntegerValue().equals(got.bigIntegerValue());
    } else {
      same = expected.equals(got);
    }
    return same ? null : where + ": expected " + expected + ", got " + got;
  }

  private @Nullable String compareObjects(
      String where, String file, JsonNode expected, JsonNode got) {
    TreeSet<String> names = new TreeSet<>();
    expected.fieldNames().forEachRemaining(names::add);
    got.fieldNames().forEachRemaining(names::add);
    String here = expected.path("p").isTextual() ? directory + expected.path("p").asText() : file;
    for (String name : names) {
      JsonNode left = expected.get(name);
      JsonNode right = got.get(name);
      if (left == null || right == null) {
        return where + "." + name + ": expected " + orNothing(left) + ", got " + orNothing(right);
      }
      String difference = compare(where + "." + name, here, left, right);
      if (difference != null) {
        return difference;
      }
    }
    return null;
  }

  private @Nullable String compareArrays(String where, JsonNode expected, JsonNode got) {
    Iterator<JsonNode> left = expected.elements();
    Iterator<JsonNode> right = got.elements();
    for (int i = 0; left.hasNext() || right.hasNext(); i++) {
      JsonNode one = left.hasNext() ? left.next() : null;
      JsonNode other = right.hasNext() ? right.next() : null;
      String at = where + "[" + i + "]";
      if (one == null || other == null) {
        return at + ": expected " + orNothing(one) + ", got " + orNothing(other);
      }
      String difference = compare(at, "", one, other);
      if (difference != null) {
        return difference;
      }
    }
    return null;
  }

  private boolean same(String where, String file, String expected, String got) {
    if (where.endsWith(".p")) {
      // An entry's name may be a number that only its directory gives a meaning.
      return numbers.same(directory + expected, directory + got);
    }
    boolean deviceNumber = file.endsWith("/dev") || (file.isEmpty() && directory.endsWith("/dev/"));
    return deviceNumber ? numbers.sameDeviceNumber(expected, got) : numbers.same(expected, got);
  }

  private static String orNothing(@Nullable JsonNode value) {
    return value == null ? "nothing" : value.toString();
  }
}
