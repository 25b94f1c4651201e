package org.mdev4j.benchmarks;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Collection;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.options.Options;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

@DisplayName("Benchmarks run; what they measure is not looked at here")
class BenchmarksTest {
  @BeforeAll
  static void besideOtherBuilds() {
    System.setProperty("jmh.ignoreLock", "true");
  }

  @Test
  @DisplayName("each benchmark runs once, and each belongs to a comparison")
  void runOnce() throws Exception {
    Options options =
        new OptionsBuilder()
            .include("org\\.mdev4j\\.benchmarks\\.")
            .mode(Mode.SingleShotTime)
            .forks(0)
            .warmupIterations(0)
            .measurementIterations(1)
            .param("live", "10")
            .param("mappings", "10")
            .param("pages", "1")
            .shouldFailOnError(true)
            .verbosity(VerboseMode.SILENT)
            .build();
    Collection<RunResult> results = new Runner(options).run();
    Set<String> run =
        results.stream()
            .map(result -> result.getParams().getBenchmark())
            .collect(Collectors.toCollection(TreeSet::new));
    Set<String> compared =
        Comparison.ALL.stream()
            .flatMap(each -> Stream.of(each.measured(), each.yardstick()))
            .map(each -> each.type().getName() + "." + each.method())
            .collect(Collectors.toCollection(TreeSet::new));
    assertThat(run).isEqualTo(compared);
  }
}
