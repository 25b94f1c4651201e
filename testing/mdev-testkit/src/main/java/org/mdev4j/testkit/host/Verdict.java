package org.mdev4j.testkit.host;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What is said of a driver when its host was taken down. */
final class Verdict {
  private Verdict() {}

  /**
   * Fails if there is anything to say.
   *
   * @param left what the driver has left behind, a sentence for each
   * @param failed what failed in a way that the core can only log
   * @throws AssertionError that names all of it
   */
  static void of(String driver, List<String> left, List<FailureLog.Failure> failed) {
    List<String> wrong = new ArrayList<>();
    if (!left.isEmpty()) {
      wrong.add("has left something behind:" + list(left));
    }
    if (!failed.isEmpty()) {
      wrong.add(
          "has failed in a way that the core can only log; throw an ErrnoException in a user's"
              + " call, and catch elsewhere what can fail:"
              + list(failed));
    }
    if (!wrong.isEmpty()) {
      AssertionError verdict =
          new AssertionError(
              "after the test, driver " + driver + " " + String.join("%nand ".formatted(), wrong));
      failed.forEach(failure -> verdict.addSuppressed(failure.thrown()));
      throw verdict;
    }
  }

  private static String list(List<?> sentences) {
    return sentences.stream()
        .map(sentence -> "%n- ".formatted() + sentence)
        .collect(Collectors.joining());
  }
}
