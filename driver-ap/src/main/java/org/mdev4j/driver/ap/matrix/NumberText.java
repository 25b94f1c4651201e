package org.mdev4j.driver.ap.matrix;

import java.math.BigInteger;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/** The kernel's parser of one unsigned number ({@code spec/ap.md} 5.1). */
final class NumberText {
  private static final Pattern NUMBER =
      Pattern.compile("\\+?(?:0[xX](\\p{XDigit}+)|(0[0-7]*)|([1-9][0-9]*))\n?");

  private NumberText() {}

  /**
   * Reads a number: {@code 0x} hexadecimal, {@code 0} octal, else decimal; a plus before it or not,
   * a newline behind it or not.
   *
   * @param most the highest that is good
   * @throws ErrnoException {@code EINVAL} for anything else, {@code ERANGE} beyond 64 bits, {@code
   *     ENODEV} beyond {@code most}
   */
  static int parse(String text, Dimension what, int most) {
    Matcher matcher = NUMBER.matcher(text);
    if (!matcher.matches()) {
      throw new ErrnoException(
          Errno.EINVAL, "'" + text.strip() + "' is no number, such as 5, 0x5 or 05");
    }
    BigInteger number;
    if (matcher.group(1) != null) {
      number = new BigInteger(matcher.group(1), 16);
    } else if (matcher.group(2) != null) {
      number = new BigInteger(matcher.group(2), 8);
    } else {
      number = new BigInteger(matcher.group(3));
    }
    if (number.bitLength() > Long.SIZE) {
      throw new ErrnoException(Errno.ERANGE, text.strip() + " does not fit 64 bits");
    }
    if (number.compareTo(BigInteger.valueOf(most)) > 0) {
      throw new ErrnoException(
          Errno.ENODEV, "the highest " + what.text() + " is " + most + ", not " + text.strip());
    }
    return number.intValueExact();
  }
}
