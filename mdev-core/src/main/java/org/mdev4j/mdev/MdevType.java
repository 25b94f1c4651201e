package org.mdev4j.mdev;

import java.util.HashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A type of mediated device that a parent offers. A driver declares values; the attributes are the
 * core's.
 *
 * @param name the suffix of the type's directory: {@code 1} for {@code mtty-1}
 * @param prettyName what {@code name} shows, or null for the suffix
 * @param description what {@code description} shows, one or several lines, or null for no such file
 * @param cost what an instance takes of each resource of an {@link InstanceLimit.Pool}
 */
public record MdevType(
    String name,
    @Nullable String prettyName,
    @Nullable String description,
    Map<String, Long> cost) {
  public MdevType {
    cost = Map.copyOf(cost);
  }

  public static MdevType named(String name, String prettyName) {
    return new MdevType(name, prettyName, null, Map.of());
  }

  public MdevType describedAs(String text) {
    return new MdevType(name, prettyName, text, cost);
  }

  public MdevType costing(long amount, String resource) {
    Map<String, Long> more = new HashMap<>(cost);
    more.put(resource, amount);
    return new MdevType(name, prettyName, description, more);
  }
}
