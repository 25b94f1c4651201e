package org.mdev4j.cli;

import java.io.PrintWriter;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;

/** Rows in aligned columns, under a heading; for people. Not thread-safe. */
final class Table {
  private final List<List<String>> rows = new ArrayList<>();

  Table(String... heading) {
    add(heading);
  }

  /** Adds a row; a dash stands for what is unknown. */
  void add(@Nullable String... cells) {
    rows.add(Arrays.stream(cells).map(cell -> cell == null ? "-" : oneLine(cell)).toList());
  }

  /** Prints it; if it has only its heading, prints nothing but {@code ifEmpty}, as a note. */
  void print(CommandLine command, String ifEmpty) {
    if (rows.size() == 1) {
      command.getErr().println("mdev: " + ifEmpty);
      command.getErr().flush();
      return;
    }
    PrintWriter out = command.getOut();
    rows.forEach(row -> out.println(line(row)));
    out.flush();
  }

  private String line(List<String> row) {
    StringBuilder line = new StringBuilder();
    for (int column = 0; column < row.size(); column++) {
      String cell = row.get(column);
      line.append(cell).append(" ".repeat(width(column) + 2 - cell.length()));
    }
    return line.toString().stripTrailing();
  }

  private int width(int column) {
    return rows.stream().mapToInt(row -> row.get(column).length()).max().orElse(0);
  }

  private static String oneLine(String text) {
    return text.replace("\n", ", ");
  }
}
