package org.mdev4j.replay.rules;

import java.util.List;
import java.util.stream.Stream;

/** All rules, in the order in which they are tried. */
public final class Rules {
  private static final List<Rule> ALL =
      Stream.of(
              List.of(
                  new BoundAgain.Bind(),
                  new BoundAgain.Listed(),
                  new BoundAgain.Linked(),
                  new BoundAgain.Removed()),
              ConfigRules.all(),
              IrqRules.all(),
              MemoryRules.all(),
              DisplayRules.all(),
              CcwRegionRules.all(),
              CcwEventRules.all(),
              CcwProgramRules.all(),
              CcwBrokenRules.all(),
              List.of(new CcwTree(), new CcwUnused()))
          .<Rule>flatMap(List::stream)
          .toList();

  private Rules() {}

  public static List<Rule> all() {
    return ALL;
  }
}
