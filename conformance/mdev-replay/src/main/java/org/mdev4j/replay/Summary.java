package org.mdev4j.replay;

import java.util.List;

/**
 * How many steps of a file ended as what.
 *
 * @param name the file's name without folder and suffix
 */
public record Summary(
    String name, int equal, int deviation, int emulator, int skipped, int different) {

  static Summary of(String name, List<StepReport> steps) {
    return new Summary(
        name,
        count(steps, Outcome.EQUAL),
        count(steps, Outcome.DEVIATION),
        count(steps, Outcome.EMULATOR),
        count(steps, Outcome.SKIPPED),
        count(steps, Outcome.DIFFERENT));
  }

  private static int count(List<StepReport> steps, Outcome outcome) {
    return Math.toIntExact(steps.stream().filter(step -> step.outcome() == outcome).count());
  }

  /** All steps that count. */
  public int counted() {
    return equal + deviation + emulator + skipped + different;
  }

  /** The line that stands for the file. */
  @Override
  public String toString() {
    return name
        + " equal="
        + equal
        + " deviation="
        + deviation
        + " emulator="
        + emulator
        + " skipped="
        + skipped
        + " different="
        + different;
  }
}
