package org.mdev4j.replay;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * How a file's replay went.
 *
 * @param file the file
 * @param kind what kind of recording it is
 * @param summary the counts
 * @param steps the steps that count, in order
 */
public record FileReport(Path file, FileKind kind, Summary summary, List<StepReport> steps) {
  public FileReport {
    steps = List.copyOf(steps);
  }

  /** Whether nothing is different and no more is different on purpose than the kind allows. */
  public boolean passed() {
    return summary.different() == 0
        && (kind == FileKind.DANGER || kind.exceeded(summary).isEmpty());
  }

  /** The steps that are different. */
  public List<StepReport> differences() {
    return steps.stream().filter(step -> step.outcome() == Outcome.DIFFERENT).toList();
  }

  /**
   * The lines for people: each difference with what was expected and what came, a limit that was
   * exceeded.
   *
   * @param verbose whether steps that follow a rule or are skipped are named too
   */
  public List<String> details(boolean verbose) {
    List<String> lines = new ArrayList<>();
    for (StepReport step : steps) {
      if (step.outcome() == Outcome.DIFFERENT || (verbose && step.outcome() != Outcome.EQUAL)) {
        lines.add(
            file
                + ":"
                + step.line()
                + ": step "
                + step.step()
                + " "
                + step.op()
                + " "
                + step.outcome().name().toLowerCase(Locale.ROOT)
                + ": "
                + step.text());
      }
    }
    if (kind != FileKind.DANGER) {
      kind.exceeded(summary).ifPresent(limit -> lines.add(file + ": " + limit));
    }
    return lines;
  }
}
