package org.mdev4j.replay.rules;

import java.util.List;

/** All rules, in the order in which they are tried. */
public final class Rules {
  private static final List<Rule> ALL =
      List.of(new BoundAgain.Bind(), new BoundAgain.Listed(), new BoundAgain.Removed());

  private Rules() {}

  public static List<Rule> all() {
    return ALL;
  }
}
