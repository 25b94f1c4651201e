// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.device;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;

/**
 * Interleavings of few calls that a test names, instead of many that are drawn: whole hosts and
 * trees are large, and each schedule of them takes milliseconds.
 */
public final class Schedules {
  private static final int FACTOR = Integer.getInteger("interleavings.factor", 1);

  /** Lincheck takes a call for hung after this; its own limit is too short for a busy machine. */
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  private Schedules() {}

  /**
   * Options to explore the scenarios that are added with {@link #scenario}, and no others.
   *
   * @param schedules how many interleavings of each
   */
  public static ModelCheckingOptions options(int schedules) {
    return new ModelCheckingOptions()
        .iterations(0)
        .invocationsPerIteration(schedules * FACTOR)
        .minimizeFailedScenario(false)
        .invocationTimeout$lincheck(TIMEOUT.toMillis())
        .addGuarantee(
            ManagedStrategyGuaranteeKt.forClasses(Schedules::isAside).allMethods().treatAsAtomic());
  }

  /** The tree and the announcements are used by what is explored, and not explored themselves. */
  private static boolean isAside(String name) {
    return name.startsWith("org.mdev4j.device.sysfs.")
        || name.startsWith("org.mdev4j.device.nio.")
        || name.startsWith("org.mdev4j.device.Uevent")
        || name.startsWith("org.mdev4j.device.host.Parameters")
        || name.startsWith("java.util.stream.")
        || name.startsWith("org.slf4j.");
  }

  /**
   * Operations of {@code type}, by name: some before, two threads side by side, some afterwards.
   * Names are separated by blanks.
   */
  public static ExecutionScenario scenario(
      Class<?> type, String before, String one, String other, String after) {
    return new ExecutionScenario(
        actors(type, before),
        List.of(actors(type, one), actors(type, other)),
        actors(type, after),
        null);
  }

  private static List<Actor> actors(Class<?> type, String names) {
    return Stream.of(names.split(" "))
        .filter(name -> !name.isEmpty())
        .map(name -> actor(type, name))
        .toList();
  }

  private static Actor actor(Class<?> type, String name) {
    try {
      return new Actor(type.getMethod(name), List.of());
    } catch (NoSuchMethodException misspelt) {
      throw new AssertionError(misspelt);
    }
  }
}
