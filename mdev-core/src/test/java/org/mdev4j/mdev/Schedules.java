// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.mdev;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;

/**
 * The bounds within which the tests of this package explore interleavings, the real class and the
 * one with a planted bug alike.
 *
 * <p>Small classes are explored with calls that Lincheck draws. Whole hosts and trees are large,
 * and each schedule of them takes milliseconds: they are explored with a few calls that the test
 * names.
 */
final class Schedules {
  private static final int FACTOR = Integer.getInteger("interleavings.factor", 1);

  /** Lincheck takes a call for hung after this; its own limit is too short for a busy machine. */
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  private Schedules() {}

  /**
   * Options to explore calls that Lincheck draws, on two threads.
   *
   * @param scenarios how many are drawn; each is explored in up to 100 interleavings
   */
  static ModelCheckingOptions drawn(int scenarios) {
    return options(scenarios * FACTOR, 100).threads(2);
  }

  /**
   * Options to explore the scenarios that are added with {@link #scenario}, and no others.
   *
   * @param schedules how many interleavings of each
   */
  static ModelCheckingOptions named(int schedules) {
    return options(0, schedules * FACTOR)
        .addGuarantee(
            ManagedStrategyGuaranteeKt.forClasses(Schedules::isAside).allMethods().treatAsAtomic());
  }

  private static ModelCheckingOptions options(int scenarios, int schedules) {
    return new ModelCheckingOptions()
        .iterations(scenarios)
        .invocationsPerIteration(schedules)
        .minimizeFailedScenario(false)
        .invocationTimeout$lincheck(TIMEOUT.toMillis());
  }

  /**
   * The tree, the announcements and VFIO are used by what is explored, and not explored themselves.
   */
  private static boolean isAside(String name) {
    return name.startsWith("org.mdev4j.device.sysfs.")
        || name.startsWith("org.mdev4j.device.nio.")
        || name.startsWith("org.mdev4j.device.Uevent")
        || name.startsWith("org.mdev4j.device.DeviceSpec")
        || name.startsWith("org.mdev4j.device.host.")
        || name.startsWith("org.mdev4j.vfio.")
        || name.startsWith("java.util.stream.")
        || name.startsWith("org.slf4j.");
  }

  /**
   * Operations of {@code type}, by name: some before, two threads side by side, some afterwards.
   * Names are separated by blanks.
   */
  static ExecutionScenario scenario(
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
