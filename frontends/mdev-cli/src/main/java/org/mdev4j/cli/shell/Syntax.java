package org.mdev4j.cli.shell;

import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The shell's language: words between blanks, {@code '...'}, {@code "..."} and {@code \} to quote,
 * {@code > FILE}, {@code ;} and {@code &} after a command, {@code #} before a comment.
 *
 * <p>One use reads one line; not thread-safe.
 */
public final class Syntax {
  private static final String WORD_ENDS = ";&><|#";
  private static final String PATTERN = "*?[]";
  private static final String SPECIAL_IN_PATTERNS = "*?[]{}\\";

  private final String line;
  private final List<Step> steps = new ArrayList<>();
  private List<Word> words = new ArrayList<>();
  private @Nullable String target;
  private boolean wantsTarget;
  private int start;
  private int at;

  private Syntax(String line) {
    this.line = line;
  }

  /**
   * The commands of {@code line}, none if it is empty or a comment.
   *
   * @throws SyntaxException if it is not understood; none of it is to be run then
   */
  public static List<Step> parse(String line) throws SyntaxException {
    Syntax syntax = new Syntax(line);
    syntax.parse();
    return syntax.steps;
  }

  private void parse() throws SyntaxException {
    while (at < line.length()) {
      char c = line.charAt(at);
      if (Character.isWhitespace(c)) {
        at++;
      } else if (c == '#') {
        break;
      } else if (c == ';' || c == '&') {
        separator(c);
      } else if (c == '>') {
        redirection();
      } else if (c == '|' || c == '<') {
        throw new SyntaxException("this shell has no '" + c + "'; quote it if it is text");
      } else {
        take(word());
      }
    }
    end(false);
  }

  private void separator(char c) throws SyntaxException {
    if (line.startsWith("&&", at)) {
      throw new SyntaxException("this shell has no '&&'; put ';' or a new line between commands");
    }
    if (words.isEmpty() && target == null && !wantsTarget) {
      throw new SyntaxException("there is no command before '" + c + "'");
    }
    end(c == '&');
    at++;
    start = at;
  }

  private void redirection() throws SyntaxException {
    if (wantsTarget) {
      throw noTarget();
    }
    if (target != null) {
      throw new SyntaxException("only one '>' can be in a command");
    }
    wantsTarget = true;
    // Appending to an attribute is writing it.
    at += line.startsWith(">>", at) ? 2 : 1;
  }

  private void take(Word word) {
    if (wantsTarget) {
      target = word.text();
      wantsTarget = false;
    } else {
      words.add(word);
    }
  }

  private void end(boolean background) throws SyntaxException {
    if (wantsTarget) {
      throw noTarget();
    }
    if (words.isEmpty()) {
      if (target != null) {
        throw new SyntaxException("there is no command before '> " + target + "'");
      }
      return;
    }
    steps.add(new Step(words, target, background, line.substring(start, at).strip()));
    words = new ArrayList<>();
    target = null;
  }

  private static SyntaxException noTarget() {
    return new SyntaxException("there is no file after '>'");
  }

  private Word word() throws SyntaxException {
    StringBuilder text = new StringBuilder();
    StringBuilder glob = new StringBuilder();
    boolean isPattern = false;
    while (at < line.length()) {
      char c = line.charAt(at);
      if (Character.isWhitespace(c) || (WORD_ENDS.indexOf(c) >= 0 && c != '#')) {
        break;
      }
      at++;
      if (c == '\'' || c == '"') {
        quoted(c, text, glob);
      } else if (c == '\\') {
        if (at == line.length()) {
          throw new SyntaxException("there is nothing after the last '\\'");
        }
        literal(line.charAt(at++), text, glob);
      } else if (PATTERN.indexOf(c) >= 0) {
        isPattern = isPattern || c != ']';
        text.append(c);
        glob.append(c);
      } else {
        literal(c, text, glob);
      }
    }
    return new Word(text.toString(), isPattern ? glob.toString() : null);
  }

  private void quoted(char quote, StringBuilder text, StringBuilder glob) throws SyntaxException {
    while (at < line.length()) {
      char c = line.charAt(at++);
      if (c == quote) {
        return;
      }
      boolean escapes = c == '\\' && quote == '"' && at < line.length();
      if (escapes && "\"\\".indexOf(line.charAt(at)) >= 0) {
        c = line.charAt(at++);
      }
      literal(c, text, glob);
    }
    throw new SyntaxException("the quote " + quote + " is never closed");
  }

  private static void literal(char c, StringBuilder text, StringBuilder glob) {
    text.append(c);
    if (SPECIAL_IN_PATTERNS.indexOf(c) >= 0) {
      glob.append('\\');
    }
    glob.append(c);
  }
}
