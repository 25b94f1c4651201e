package org.mdev4j.benchmarks;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.profile.GCProfiler;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.ChainedOptionsBuilder;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.TimeValue;
import org.openjdk.jmh.runner.options.VerboseMode;

/**
 * What one call of a benchmark costs.
 *
 * @param nanos time, in the best of the iterations: other work on the machine can only make one
 *     worse
 * @param bytes allocated
 */
record Cost(double nanos, double bytes) {
  private static final String BYTES = "gc.alloc.rate.norm";
  private static final int ITERATIONS = 5;
  private static final TimeValue ITERATION = TimeValue.milliseconds(200);

  /** Runs a benchmark in a JVM of its own. */
  static RunResult run(Measured measured) throws RunnerException {
    ChainedOptionsBuilder options =
        new OptionsBuilder()
            .include(measured.include())
            .threads(measured.threads())
            .mode(Mode.AverageTime)
            .timeUnit(TimeUnit.NANOSECONDS)
            .forks(1)
            .warmupIterations(ITERATIONS)
            .warmupTime(ITERATION)
            .measurementIterations(ITERATIONS)
            .measurementTime(ITERATION)
            .jvmArgs(
                "-Xms2g",
                "-Xmx2g",
                "-XX:+UseParallelGC",
                "--enable-native-access=ALL-UNNAMED",
                "--sun-misc-unsafe-memory-access=allow",
                "-Dslf4j.internal.verbosity=ERROR")
            .addProfiler(GCProfiler.class)
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT);
    measured.parameters().forEach(options::param);
    return new Runner(options.build()).runSingle();
  }

  /** What a run says of one part of its benchmark. */
  static Cost of(RunResult result, String part) {
    var nanos = part.isEmpty() ? result.getPrimaryResult() : result.getSecondaryResults().get(part);
    if (nanos == null) {
      throw new IllegalStateException("the run reports no part " + part);
    }
    return new Cost(nanos.getStatistics().getMin(), bytes(result));
  }

  private static double bytes(RunResult result) {
    for (String label : result.getSecondaryResults().keySet()) {
      if (label.endsWith(BYTES)) {
        return result.getSecondaryResults().get(label).getScore();
      }
    }
    throw new IllegalStateException("the profiler reports no " + BYTES);
  }
}
