package org.mdev4j.benchmarks;

import java.util.Map;

/**
 * One benchmark method, as it is to be run.
 *
 * @param type its class
 * @param method its name
 * @param threads how many call it at the same time
 * @param parameters values of the class's parameters
 * @param part the counter that says what one call takes, in nanoseconds; empty if it is the time
 *     that JMH takes
 */
record Measured(
    Class<?> type, String method, int threads, Map<String, String> parameters, String part) {
  static Measured of(Class<?> type, String method) {
    return new Measured(type, method, 1, Map.of(), "");
  }

  Measured by(int itsThreads) {
    return new Measured(type, method, itsThreads, parameters, part);
  }

  Measured with(String parameter, int value) {
    return new Measured(type, method, threads, Map.of(parameter, Integer.toString(value)), part);
  }

  Measured part(String counter) {
    return new Measured(type, method, threads, parameters, counter);
  }

  /** What has to be run for it; the parts of one benchmark have it in common. */
  Measured whole() {
    return part("");
  }

  /** The pattern that chooses it, and nothing else, for JMH. */
  String include() {
    return "^" + type.getName().replace(".", "\\.") + "\\." + method + "$";
  }
}
