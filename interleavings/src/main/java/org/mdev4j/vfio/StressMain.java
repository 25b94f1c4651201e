package org.mdev4j.vfio;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs the tests of memory ordering: the real classes must pass, and the planted bug must be found.
 */
final class StressMain {
  private static final String REAL =
      "org.mdev4j.vfio.(TryGetOrFree|PutBeforeFree|PublishOrNone|ClearOrFind)";
  private static final String PLANTED = "org.mdev4j.vfio.Planted.*";

  private StressMain() {}

  /**
   * @param arguments how long the real ones may take, for example {@code 60s}
   */
  public static void main(String[] arguments) throws IOException, InterruptedException {
    String budget = arguments.length > 0 ? arguments[0] : "60s";
    if (run(REAL, budget) != 0) {
      fail("a test of memory ordering failed; see the report in target/results");
    }
    if (run(PLANTED, "10s") == 0) {
      fail("the planted bug was not found: these tests would find nothing");
    }
    System.out.println("Memory ordering: all as it should be, and the planted bug was found.");
  }

  private static int run(String tests, String budget) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(System.getProperty("java.home") + "/bin/java");
    command.addAll(List.of("-cp", System.getProperty("java.class.path")));
    command.addAll(List.of("org.openjdk.jcstress.Main", "-t", tests, "-tb", budget));
    return new ProcessBuilder(command).inheritIO().start().waitFor();
  }

  private static void fail(String why) {
    System.err.println(why);
    System.exit(1);
  }
}
