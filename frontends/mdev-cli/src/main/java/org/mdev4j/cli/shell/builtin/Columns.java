package org.mdev4j.cli.shell.builtin;

import java.util.ArrayList;
import java.util.List;

/** Sets names in columns, read downwards, as many as fit. */
final class Columns {
  private static final int GAP = 2;

  private Columns() {}

  static List<String> of(List<String> names, int width) {
    int widest = names.stream().mapToInt(String::length).max().orElse(0);
    int columns = Math.max(1, (width + GAP) / (widest + GAP));
    int rows = (names.size() + columns - 1) / columns;
    List<String> lines = new ArrayList<>();
    for (int row = 0; row < rows; row++) {
      StringBuilder line = new StringBuilder();
      for (int at = row; at < names.size(); at += rows) {
        String name = names.get(at);
        line.append(name).append(" ".repeat(widest + GAP - name.length()));
      }
      lines.add(line.toString().stripTrailing());
    }
    return lines;
  }
}
