package org.mdev4j.replay.ops;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.mdev4j.replay.transcript.Step;

/**
 * What must hold of races, whose counts are chance: {@code kernel/OPS.md}, section 5. Each method
 * is a {@link Judge.Invariant}.
 */
final class Invariants {
  private static final Set<String> STORM_ERRNOS =
      Set.of("EEXIST", "ENOENT", "ENODEV", "EAGAIN", "ENOSPC", "EUSERS");
  private static final Pattern ONE_CREATED = Pattern.compile("EEXIST@write \\+ ok\\(\\d+\\)");
  private static final Pattern ONE_REMOVED =
      Pattern.compile("((ENOENT|ENODEV)@(open|write)|ok\\(\\d+\\)) \\+ ok\\(\\d+\\)");
  private static final Pattern REMOVED_AND_CREATED =
      Pattern.compile(
          "remove:ok\\(\\d+\\) create:(EEXIST@write then_exists:0|ok\\(\\d+\\) then_exists:1)");
  private static final Pattern REMOVED_EARLY =
      Pattern.compile(
          "create:(ok\\(\\d+\\)|(E[A-Z]+)@(?:open|write)) "
              + "remove:(ok\\(\\d+\\)|(E[A-Z]+)@(?:open|write)) "
              + "then_exists:([01]) remove_attr_exists:([01])");
  private static final Pattern UNLOAD_KIND =
      Pattern.compile("(remove )?(ok|(E[A-Z]+)@(open|write))");

  private Invariants() {}

  /** Exactly one of two creates of one UUID works, the other finds it taken. */
  static @Nullable String oneCreated(Step step, JsonNode result) {
    if (result.path("violations").asInt(-1) != 0) {
      return "violations: " + result.path("violations");
    }
    return allTriesMatch(step, result, ONE_CREATED);
  }

  /** At least one of two removes works, the other may find nothing; nothing is left. */
  static @Nullable String oneRemoved(Step step, JsonNode result) {
    if (result.path("still_there_after").asInt(-1) != 0) {
      return "devices still there: " + result.path("still_there_after");
    }
    return allTriesMatch(step, result, ONE_REMOVED);
  }

  /** The remove works; the create works after it, or finds the UUID taken and then it is gone. */
  static @Nullable String removedAndCreated(Step step, JsonNode result) {
    return allTriesMatch(step, result, REMOVED_AND_CREATED);
  }

  /** Whatever came of it: a device that is there can be removed. */
  static @Nullable String removable(Step step, JsonNode result) {
    if (result.path("module_reloads_needed").asInt(-1) != 0) {
      return "devices that only unloading the module removed: "
          + result.path("module_reloads_needed");
    }
    String unmatched = allTriesMatch(step, result, REMOVED_EARLY);
    if (unmatched != null) {
      return unmatched;
    }
    for (Map.Entry<String, JsonNode> outcome : result.path("outcomes").properties()) {
      var matcher = REMOVED_EARLY.matcher(outcome.getKey());
      if (!matcher.matches()) {
        return "outcome '" + outcome.getKey() + "'";
      }
      for (String errno : new String[] {matcher.group(2), matcher.group(4)}) {
        if (errno != null && !STORM_ERRNOS.contains(errno)) {
          return "errno " + errno + " in '" + outcome.getKey() + "'";
        }
      }
      if (!matcher.group(5).equals(matcher.group(6))) {
        return "a device without 'remove': " + outcome.getKey();
      }
    }
    return null;
  }

  /** Something was created and removed, and all else failed with errnos that tell why. */
  static @Nullable String storm(Step step, JsonNode result) {
    for (String side : new String[] {"create", "remove"}) {
      JsonNode counts = result.path(side);
      for (Map.Entry<String, JsonNode> count : counts.properties()) {
        if (!count.getKey().equals("ok") && !STORM_ERRNOS.contains(count.getKey())) {
          return side + " met " + count;
        }
      }
      if (counts.path("ok").asInt() == 0) {
        return "no " + side + " worked at all: " + counts;
      }
    }
    return null;
  }

  /** Nothing is left that can't be removed. */
  static @Nullable String nothingLeft(Step step, JsonNode result) {
    JsonNode left = result.path("devices_left_without_remove_attribute");
    return left.asInt(-1) == 0 ? null : "devices left without 'remove': " + left;
  }

  /** Loads work as often as unloads; creates and removes meet nothing but a parent that is gone. */
  static @Nullable String unloadRace(Step step, JsonNode result) {
    for (Map.Entry<String, JsonNode> count : result.path("creator").properties()) {
      var matcher = UNLOAD_KIND.matcher(count.getKey());
      if (!matcher.matches()
          || (matcher.group(3) != null && !STORM_ERRNOS.contains(matcher.group(3)))) {
        return "creator met " + count;
      }
    }
    if (result.path("creator").path("ok").asInt() == 0) {
      return "no create worked at all";
    }
    JsonNode module = result.path("module");
    for (Map.Entry<String, JsonNode> count : module.properties()) {
      if (!Set.of("rmmod ok", "insmod ok", "rmmod EAGAIN").contains(count.getKey())) {
        return "module met " + count;
      }
    }
    if (module.path("rmmod ok").asInt() == 0
        || module.path("rmmod ok").asInt() != module.path("insmod ok").asInt()) {
      return "module: " + module;
    }
    return null;
  }

  private static @Nullable String allTriesMatch(Step step, JsonNode result, Pattern allowed) {
    long tries = 0;
    for (Map.Entry<String, JsonNode> outcome : result.path("outcomes").properties()) {
      if (!allowed.matcher(outcome.getKey()).matches()) {
        return "outcome '" + outcome.getKey() + "' in " + outcome.getValue() + " tries";
      }
      tries += outcome.getValue().asLong();
    }
    long asked = step.args().number("iters");
    return tries == asked ? null : tries + " tries of " + asked + " have an outcome";
  }
}
