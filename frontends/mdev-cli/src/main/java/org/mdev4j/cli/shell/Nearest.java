package org.mdev4j.cli.shell;

import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;

/** Finds what somebody may have meant. */
public final class Nearest {
  private static final int FAR = 3;

  private Nearest() {}

  /** The word that differs least from {@code wrong}, if it doesn't differ much. */
  public static Optional<String> to(String wrong, Collection<String> words) {
    // In a short word, two slips leave nothing to recognise.
    int limit = Math.min(FAR, wrong.length());
    return words.stream()
        .filter(word -> distance(wrong, word) < limit)
        .min(Comparator.comparingInt((String word) -> distance(wrong, word)).thenComparing(w -> w));
  }

  /** How many letters to insert, delete, replace or swap with the next one. */
  static int distance(String from, String to) {
    int[][] steps = new int[from.length() + 1][to.length() + 1];
    for (int i = 0; i <= from.length(); i++) {
      for (int j = 0; j <= to.length(); j++) {
        if (i == 0 || j == 0) {
          steps[i][j] = i + j;
          continue;
        }
        int replaced = from.charAt(i - 1) == to.charAt(j - 1) ? 0 : 1;
        int best = Math.min(steps[i - 1][j], steps[i][j - 1]) + 1;
        best = Math.min(best, steps[i - 1][j - 1] + replaced);
        boolean swapped =
            i > 1
                && j > 1
                && from.charAt(i - 1) == to.charAt(j - 2)
                && from.charAt(i - 2) == to.charAt(j - 1);
        steps[i][j] = swapped ? Math.min(best, steps[i - 2][j - 2] + 1) : best;
      }
    }
    return steps[from.length()][to.length()];
  }
}
