package org.mdev4j.cli.shell;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One command of a line.
 *
 * @param words its name and arguments, never empty
 * @param target the file that its output is written to, or null
 * @param background whether the shell goes on without waiting for it
 * @param text how it was written
 */
public record Step(List<Word> words, @Nullable String target, boolean background, String text) {
  public Step {
    words = List.copyOf(words);
  }
}
