package org.mdev4j.device.nio;

import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;

/**
 * Translates a glob, as {@link java.nio.file.FileSystem#getPathMatcher} describes them, into a
 * regular expression over the path's text.
 */
final class Glob {
  private final String glob;
  private final StringBuilder regex = new StringBuilder();
  private int at;
  private boolean inGroup;

  private Glob(String glob) {
    this.glob = glob;
  }

  static Pattern compile(String glob) {
    return Pattern.compile(new Glob(glob).translate(), Pattern.DOTALL);
  }

  private String translate() {
    while (at < glob.length()) {
      char next = glob.charAt(at++);
      switch (next) {
        case '*' -> {
          boolean crosses = sees('*', at);
          at += crosses ? 1 : 0;
          regex.append(crosses ? ".*" : "[^/]*");
        }
        case '?' -> regex.append("[^/]");
        case '\\' -> regex.append(literal(take("an escaped character")));
        case '[' -> bracket();
        case '{' -> {
          if (inGroup) {
            throw wrong("groups can't be nested");
          }
          inGroup = true;
          regex.append("(?:(?:");
        }
        case ',' -> regex.append(inGroup ? ")|(?:" : ",");
        case '}' -> {
          regex.append(inGroup ? "))" : "\\}");
          inGroup = false;
        }
        default -> regex.append(literal(next));
      }
    }
    if (inGroup) {
      throw wrong("a group has no end");
    }
    return regex.toString();
  }

  /** A bracket expression, after its opening bracket; it never matches a slash. */
  private void bracket() {
    boolean negated = sees('!', at);
    at += negated ? 1 : 0;
    regex.append(negated ? "[[^/]&&[^" : "[[^/]&&[");
    int start = at;
    for (char next = member(); next != ']'; next = member()) {
      regex.append(literal(next));
      if (sees('-', at) && !sees(']', at + 1)) {
        at++;
        char last = member();
        if (last < next) {
          throw wrong("a range is upside down");
        }
        regex.append('-').append(literal(last));
      }
    }
    if (at == start + 1) {
      throw wrong("a bracket expression is empty");
    }
    regex.append("]]");
  }

  private char member() {
    char next = take("the end of a bracket expression");
    if (next == '/') {
      throw wrong("a bracket expression can't hold a slash");
    }
    return next;
  }

  private char take(String what) {
    if (at == glob.length()) {
      throw wrong(what + " is missing");
    }
    return glob.charAt(at++);
  }

  private boolean sees(char expected, int index) {
    return index < glob.length() && glob.charAt(index) == expected;
  }

  /** {@code character} without a meaning, inside brackets too. */
  private static String literal(char character) {
    boolean plain = character >= 128 || Character.isLetterOrDigit(character);
    return plain ? String.valueOf(character) : "\\" + character;
  }

  private PatternSyntaxException wrong(String what) {
    return new PatternSyntaxException(what, glob, at);
  }
}
