package org.mdev4j.cli.shell;

import java.io.PrintWriter;
import java.util.function.IntSupplier;

/**
 * What a shell prints on.
 *
 * @param out for answers
 * @param err for complaints
 * @param columns width of the terminal now, 0 if there is none
 */
public record Screen(PrintWriter out, PrintWriter err, IntSupplier columns) {
  /** For a program that reads along, not a person. */
  public static Screen plain(PrintWriter out, PrintWriter err) {
    return new Screen(out, err, () -> 0);
  }

  int width() {
    return columns.getAsInt();
  }
}
