package org.mdev4j.cli.shell;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Arguments sorted into options and the rest, as getopt does: {@code -la}, {@code -L 2} or {@code
 * -L2}, {@code --} before operands that start with a dash.
 */
public final class Arguments {
  private final Map<Character, String> options = new HashMap<>();
  private final List<String> operands = new ArrayList<>();

  private Arguments() {}

  /**
   * Sorts arguments.
   *
   * @param flags letters of the options without a value
   * @param valued letters of the options with one
   * @throws UsageException for another option, or a missing value
   */
  public static Arguments parse(List<String> given, String flags, String valued)
      throws UsageException {
    Arguments parsed = new Arguments();
    for (int i = 0; i < given.size(); i++) {
      String argument = given.get(i);
      if (argument.equals("--")) {
        parsed.operands.addAll(given.subList(i + 1, given.size()));
        break;
      }
      if (!argument.startsWith("-") || argument.equals("-")) {
        parsed.operands.add(argument);
        continue;
      }
      for (int at = 1; at < argument.length(); at++) {
        char letter = argument.charAt(at);
        if (flags.indexOf(letter) >= 0) {
          parsed.options.put(letter, "");
        } else if (valued.indexOf(letter) >= 0) {
          String value = argument.substring(at + 1);
          if (value.isEmpty()) {
            if (++i == given.size()) {
              throw new UsageException("option -" + letter + " needs a value");
            }
            value = given.get(i);
          }
          parsed.options.put(letter, value);
          break;
        } else {
          throw new UsageException(
              "there is no option " + (argument.startsWith("--") ? argument : "-" + letter));
        }
      }
    }
    return parsed;
  }

  /** Arguments of a command that has no options. */
  public static Arguments parse(List<String> given) throws UsageException {
    return parse(given, "", "");
  }

  public boolean has(char option) {
    return options.containsKey(option);
  }

  public @Nullable String value(char option) {
    return options.get(option);
  }

  /** What is no option. */
  public List<String> operands() {
    return operands;
  }

  /** Operands, at least one. */
  public List<String> some(String what) throws UsageException {
    if (operands.isEmpty()) {
      throw new UsageException("which " + what + "?");
    }
    return operands;
  }

  /** Operands, at most {@code limit}. */
  public List<String> atMost(int limit) throws UsageException {
    if (operands.size() > limit) {
      throw new UsageException("what is '" + operands.get(limit) + "' for?");
    }
    return operands;
  }
}
