package org.mdev4j.ap;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/** The kernel's parser of bit masks ({@code spec/ap.md} 7.4). */
final class MaskText {
  private static final int DIGITS = ApMask.BITS / 4;
  private static final Pattern ABSOLUTE = Pattern.compile("(?:0[xX])?(\\p{XDigit}+)");
  private static final String NUMBER = "(0[xX]\\p{XDigit}+|[0-9]+)";
  private static final Pattern TERM = Pattern.compile("([+-])" + NUMBER + "(?:-" + NUMBER + ")?");

  private MaskText() {}

  static ApMask absolute(String text) {
    String line = withoutNewline(text);
    Matcher matcher = ABSOLUTE.matcher(line);
    if (!matcher.matches()) {
      throw invalid("'" + line + "' is no mask: up to " + DIGITS + " hexadecimal digits");
    }
    String digits = matcher.group(1);
    if (digits.length() > DIGITS) {
      throw invalid("a mask has up to " + DIGITS + " digits, not " + digits.length());
    }
    ApMask mask = ApMask.NONE;
    for (int i = 0; i < digits.length(); i++) {
      int digit = Character.digit(digits.charAt(i), 16);
      for (int bit = 0; bit < 4; bit++) {
        mask = (digit & 8 >> bit) == 0 ? mask : mask.with(4 * i + bit);
      }
    }
    return mask;
  }

  static ApMask change(ApMask mask, String text) {
    String line = withoutNewline(text);
    if (!line.startsWith("+") && !line.startsWith("-")) {
      return absolute(line);
    }
    ApMask changed = mask;
    for (String term : line.split(",", -1)) {
      Matcher matcher = TERM.matcher(term);
      if (!matcher.matches()) {
        throw invalid("'" + term + "' is no change of a mask, such as +5, -0x10 or +0-15");
      }
      int first = number(matcher.group(2), term);
      int last = matcher.group(3) == null ? first : number(matcher.group(3), term);
      if (first > last) {
        throw invalid("'" + term + "' goes backwards");
      }
      for (int number = first; number <= last; number++) {
        changed = matcher.group(1).equals("+") ? changed.with(number) : changed.without(number);
      }
    }
    return changed;
  }

  private static int number(String text, String term) {
    try {
      int number = Integer.decode(text);
      if (number < ApMask.BITS) {
        return number;
      }
    } catch (NumberFormatException malformed) {
      // said below
    }
    throw invalid("'" + text + "' in '" + term + "' is no number from 0 to " + (ApMask.BITS - 1));
  }

  private static String withoutNewline(String text) {
    return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
  }

  private static ErrnoException invalid(String why) {
    return new ErrnoException(Errno.EINVAL, why);
  }
}
