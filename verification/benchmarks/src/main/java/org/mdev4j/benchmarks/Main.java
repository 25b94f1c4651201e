package org.mdev4j.benchmarks;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.function.ToDoubleFunction;
import java.util.regex.Pattern;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.RunnerException;

/**
 * Runs the comparisons and prints their ratios as a table.
 *
 * <p>A round measures everything once, each benchmark next to its yardstick; the next round goes
 * the other way round, so that a machine that gets slower or faster favours nobody. What is printed
 * is the median of the rounds' ratios, and the least and the greatest of them.
 */
final class Main {
  /** Below this, what the profiler's own work allocates. */
  private static final double NOTHING = 0.1;

  private Main() {}

  public static void main(String... args) throws RunnerException {
    int rounds = Integer.parseInt(args[0]);
    Pattern only = Pattern.compile(args[1]);
    List<Comparison> comparisons =
        Comparison.ALL.stream().filter(each -> only.matcher(each.name()).find()).toList();
    List<Map<Measured, Cost>> measured = new ArrayList<>();
    for (int i = 0; i < rounds; i++) {
      System.err.printf("round %d of %d%n", i + 1, rounds);
      measured.add(round(comparisons, i % 2 != 0));
    }
    print(comparisons, measured);
  }

  private static Map<Measured, Cost> round(List<Comparison> comparisons, boolean backwards)
      throws RunnerException {
    Set<Measured> all = new LinkedHashSet<>();
    for (Comparison comparison : comparisons) {
      all.add(comparison.yardstick());
      all.add(comparison.measured());
    }
    List<Measured> order = new ArrayList<>(all);
    Map<Measured, RunResult> runs = new HashMap<>();
    Map<Measured, Cost> costs = new HashMap<>();
    for (Measured measured : backwards ? order.reversed() : order) {
      RunResult run = runs.get(measured.whole());
      if (run == null) {
        run = Cost.run(measured);
        runs.put(measured.whole(), run);
      }
      costs.put(measured, Cost.of(run, measured.part()));
    }
    return costs;
  }

  private static void print(List<Comparison> comparisons, List<Map<Measured, Cost>> rounds) {
    System.out.println(
        "| what | ratio | least - greatest | target | one call | yardstick | bytes per call |");
    System.out.println("|---|---|---|---|---|---|---|");
    for (Comparison comparison : comparisons) {
      ToDoubleFunction<Map<Measured, Cost>> nanos = of -> cost(of, comparison.measured()).nanos();
      ToDoubleFunction<Map<Measured, Cost>> yardstick =
          of -> cost(of, comparison.yardstick()).nanos();
      double[] ratios = sorted(rounds, of -> nanos.applyAsDouble(of) / yardstick.applyAsDouble(of));
      double bytes = median(sorted(rounds, of -> cost(of, comparison.measured()).bytes()));
      System.out.printf(
          Locale.ROOT,
          "| %s | %.2f | %.2f - %.2f | %s | %s | %s | %s |%n",
          comparison.name(),
          median(ratios),
          ratios[0],
          ratios[ratios.length - 1],
          judge(comparison, median(ratios), bytes),
          time(median(sorted(rounds, nanos))),
          time(median(sorted(rounds, yardstick))),
          bytes < NOTHING ? "0" : String.format(Locale.ROOT, "%,.0f", bytes));
    }
  }

  private static String judge(Comparison comparison, double ratio, double bytes) {
    if (!comparison.mayAllocate()) {
      return bytes < NOTHING ? "0 bytes: met" : "0 bytes: missed";
    }
    if (comparison.target().isEmpty()) {
      return "";
    }
    double target = comparison.target().getAsDouble();
    return "at most " + target + (ratio <= target ? ": met" : ": missed");
  }

  private static String time(double nanos) {
    return nanos < 1_000
        ? String.format(Locale.ROOT, "%.1f ns", nanos)
        : String.format(Locale.ROOT, "%.1f µs", nanos / 1_000);
  }

  private static Cost cost(Map<Measured, Cost> round, Measured measured) {
    Cost cost = round.get(measured);
    if (cost == null) {
      throw new IllegalStateException(measured + " was not measured");
    }
    return cost;
  }

  private static double[] sorted(
      List<Map<Measured, Cost>> rounds, ToDoubleFunction<Map<Measured, Cost>> value) {
    return rounds.stream().mapToDouble(value).sorted().toArray();
  }

  private static double median(double[] sorted) {
    int middle = sorted.length / 2;
    return sorted.length % 2 != 0 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }
}
