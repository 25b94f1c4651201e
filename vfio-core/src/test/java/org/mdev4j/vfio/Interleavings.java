// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.vfio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import org.jetbrains.kotlinx.lincheck.Actor;
import org.jetbrains.kotlinx.lincheck.execution.ExecutionScenario;
import org.jetbrains.lincheck.LincheckAssertionError;
import org.jetbrains.lincheck.datastructures.ManagedStrategyGuaranteeKt;
import org.jetbrains.lincheck.datastructures.ModelCheckingOptions;

/**
 * Explores methods of a scenario class against each other, one thread each, and then asks it for
 * its {@code verdict}. Real classes and those with a planted bug are explored within the same
 * bounds.
 *
 * @param count how many interleavings
 */
public record Interleavings(int count) {
  /** The verdict on a scenario in which nothing went wrong. */
  public static final String WELL = "well";

  private static final int FACTOR = Integer.getInteger("interleavings.factor", 1);

  /** Lincheck takes a call for hung after this; its own limit is too short for a busy machine. */
  private static final Duration TIMEOUT = Duration.ofMinutes(2);

  /** Asserts that every interleaving ends {@value #WELL}. */
  public void explore(Class<?> scenario, String... methods) {
    check(scenario, methods);
  }

  /**
   * Asserts that the exploring finds a planted bug: an interleaving with a wrong result, or with a
   * deadlock. Lincheck then repeats that interleaving to print it; where the repetition differs, it
   * reports the wrong result as an {@link IllegalStateException}, which counts as found as well. A
   * call that only took too long does not count.
   */
  public void find(Class<?> scenario, String... methods) {
    assertThatThrownBy(() -> check(scenario, methods))
        .isInstanceOfAny(LincheckAssertionError.class, IllegalStateException.class)
        .message()
        .containsAnyOf("Invalid execution results", "All unfinished threads are in deadlock");
  }

  /**
   * Options to explore calls that Lincheck draws, on two threads.
   *
   * @param scenarios how many are drawn; each is explored in up to 100 interleavings
   */
  public static ModelCheckingOptions drawn(int scenarios) {
    return options(scenarios * FACTOR, 100).threads(2);
  }

  private static ModelCheckingOptions options(int scenarios, int interleavings) {
    return new ModelCheckingOptions()
        .iterations(scenarios)
        .invocationsPerIteration(interleavings)
        .minimizeFailedScenario(false)
        .invocationTimeout$lincheck(TIMEOUT.toMillis());
  }

  private void check(Class<?> scenario, String... methods) {
    runInTurn(scenario, List.of(methods));
    runInTurn(scenario, List.of(methods).reversed());
    options(0, count * FACTOR)
        .addGuarantee(
            ManagedStrategyGuaranteeKt.forClasses(Interleavings::isAside)
                .allMethods()
                .treatAsAtomic())
        .sequentialSpecification(Expected.class)
        .addCustomScenario(
            new ExecutionScenario(
                List.of(),
                Arrays.stream(methods).map(method -> List.of(actor(scenario, method))).toList(),
                List.of(actor(scenario, "verdict")),
                null))
        .check(scenario);
  }

  /** The host's memory and logging are used by what is explored, and not explored themselves. */
  private static boolean isAside(String name) {
    return name.startsWith("org.mdev4j.device.host.")
        || name.startsWith("org.mdev4j.device.errno.")
        || name.startsWith("java.lang.foreign.")
        || name.startsWith("jdk.internal.")
        || name.startsWith("java.util.stream.")
        || name.startsWith("org.slf4j.");
  }

  /**
   * One after the other all is well. It also links and warms up the code, refusals and all, so that
   * each exploring of it does the same.
   */
  private static void runInTurn(Class<?> scenario, List<String> methods) {
    try {
      Object made = scenario.getConstructor().newInstance();
      for (String method : methods) {
        var _ = scenario.getMethod(method).invoke(made);
      }
      assertThat(scenario.getMethod("verdict").invoke(made)).as("in turn").isEqualTo(WELL);
    } catch (ReflectiveOperationException e) {
      throw new IllegalArgumentException(e);
    }
  }

  private static Actor actor(Class<?> scenario, String method) {
    try {
      return new Actor(scenario.getMethod(method), List.of());
    } catch (NoSuchMethodException e) {
      throw new IllegalArgumentException(e);
    }
  }

  /** What every scenario is to look like: whatever happens, all is well in the end. */
  public static final class Expected {
    public void pin() {}

    public void copy() {}

    public void map() {}

    public void unmap() {}

    public void join() {}

    public void name() {}

    public void next() {}

    public void use() {}

    public void drain() {}

    public void close() {}

    public String verdict() {
      return WELL;
    }
  }
}
