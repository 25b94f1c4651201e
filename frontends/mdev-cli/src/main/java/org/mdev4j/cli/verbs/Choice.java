package org.mdev4j.cli.verbs;

import java.util.List;

/** Says what there is to choose from. */
final class Choice {
  private Choice() {}

  static String among(List<String> names) {
    return names.isEmpty() ? "there are none" : "there are: " + String.join(", ", names);
  }
}
