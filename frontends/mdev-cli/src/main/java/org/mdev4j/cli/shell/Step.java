// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.cli.shell;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jline.reader.EOFError;
import org.jline.reader.Parser;
import org.jline.reader.SyntaxError;
import org.jline.reader.impl.DefaultParser;
import org.jspecify.annotations.Nullable;

/**
 * One command of a line.
 *
 * <p>A line has words, which JLine's parser finds ({@code '...'}, {@code "..."} and {@code \}
 * quote), {@code ;} between commands, {@code > FILE} at the end of a command, and {@code #} before
 * a comment.
 *
 * @param words its name and arguments, never empty
 * @param target the file that its output is written to, or null
 */
record Step(List<String> words, @Nullable String target) {
  /** A comment, an arrow (to append to an attribute is to write it), or what ends a command. */
  private static final Pattern SPECIAL = Pattern.compile("(?<!\\S)#|>>?|[;&|<]");

  /**
   * Returns the commands of {@code line}, none if it is empty or a comment.
   *
   * @throws SyntaxError if the line is not understood; none of it is to be run then
   */
  static List<Step> parse(String line) {
    List<Step> steps = new ArrayList<>();
    String rest = line;
    while (!rest.isBlank()) {
      Optional<MatchResult> end = special(rest, ";#&|<");
      int at = end.map(MatchResult::start).orElse(rest.length());
      String found = end.map(MatchResult::group).orElse("#");
      String command = rest.substring(0, at);
      if (!";#".contains(found)) {
        throw wrong("this shell has no '" + found + "'; 'mdev exec -- bash' has");
      }
      if (!command.isBlank()) {
        steps.add(step(command));
      } else if (found.equals(";")) {
        throw wrong("there is no command before ';'");
      }
      rest = found.equals("#") ? "" : rest.substring(at + 1);
    }
    return steps;
  }

  private static Step step(String command) {
    Optional<MatchResult> arrow = special(command, ">");
    List<String> words =
        words(command.substring(0, arrow.map(MatchResult::start).orElse(command.length())));
    if (words.isEmpty()) {
      throw wrong("there is no command before '>'");
    }
    if (arrow.isEmpty()) {
      return new Step(words, null);
    }
    String behind = command.substring(arrow.get().end());
    List<String> targets = words(behind);
    if (targets.size() != 1 || special(behind, ">").isPresent()) {
      throw wrong("one file has to follow '>', and nothing else");
    }
    return new Step(words, targets.getFirst());
  }

  /** Finds the first of {@code characters} that is not quoted. */
  private static Optional<MatchResult> special(String text, String characters) {
    return SPECIAL
        .matcher(text)
        .results()
        .filter(match -> characters.contains(match.group().substring(0, 1)))
        .filter(match -> isComplete(text.substring(0, match.start())))
        .findFirst();
  }

  /** Whether {@code text} ends outside quotes. */
  private static boolean isComplete(String text) {
    try {
      var _ = split(text);
      return true;
    } catch (EOFError open) {
      return false;
    }
  }

  private static List<String> words(String text) {
    try {
      return split(text);
    } catch (EOFError open) {
      throw wrong(
          "newline".equals(open.getMissing())
              ? "there is nothing after the last '\\'"
              : "a quote is never closed");
    }
  }

  private static List<String> split(String text) {
    if (text.isBlank()) {
      return List.of();
    }
    DefaultParser parser = new DefaultParser().eofOnUnclosedQuote(true).eofOnEscapedNewLine(true);
    return parser.parse(text, 0, Parser.ParseContext.ACCEPT_LINE).words();
  }

  private static SyntaxError wrong(String message) {
    return new SyntaxError(-1, -1, message);
  }
}
