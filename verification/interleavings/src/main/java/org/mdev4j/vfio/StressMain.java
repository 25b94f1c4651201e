package org.mdev4j.vfio;

import java.io.BufferedReader;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * Runs the tests of memory ordering: the real classes must pass, and each planted bug must be
 * found.
 */
final class StressMain {
  private static final String REAL =
      "org.mdev4j.vfio.(TryGetOrFree|PutBeforeFree|PublishOrNone|ClearOrFind)";
  private static final List<String> PLANTED =
      List.of(
          "PlantedFlagAndCount",
          "PlantedFreeAtOnce",
          "PlantedPublishThenFill",
          "PlantedClearAnything");

  private StressMain() {}

  /**
   * @param arguments how long each test runs in each way of compiling and scheduling it, in
   *     milliseconds: there are 14 ways on two processors
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    String time = arguments[0];
    Run real = run(REAL, time);
    if (real.status() != 0 || !real.says("Results: [1-9].* planned; [1-9].* passed.*")) {
      fail("a test of memory ordering failed, or none was run; see target/results");
    }
    Run planted = run("org.mdev4j.vfio.Planted.*", time);
    for (String bug : PLANTED) {
      if (!planted.says(".*\\[FAILED\\] org.mdev4j.vfio." + bug)) {
        fail(bug + " was not found: these tests would find nothing");
      }
    }
    System.out.println("Memory ordering: all as it should be, and every planted bug was found.");
  }

  private static Run run(String tests, String time) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of("org.openjdk.jcstress.Main", "-t", tests, "-c", "2"));
    command.addAll(List.of("-m", "quick", "-f", "1", "-iters", "1", "-time", time));
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (BufferedReader output = process.inputReader();
        Stream<String> lines = output.lines()) {
      List<String> said = lines.peek(System.out::println).toList();
      return new Run(process.waitFor(), said);
    } finally {
      process.destroy();
    }
  }

  private static void fail(String why) {
    System.err.println(why);
    System.exit(1);
  }

  private record Run(int status, List<String> output) {
    /** Whether a line, without the parentheses around it, is as {@code pattern} says. */
    boolean says(String pattern) {
      return output.stream().anyMatch(line -> line.replaceAll("^\\(|\\)$", "").matches(pattern));
    }
  }
}
