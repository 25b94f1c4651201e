package org.mdev4j.mdev;

import java.math.BigInteger;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Pattern;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/** What users write to {@code create} and {@code remove}, read as the kernel reads it. */
final class StoreText {
  private static final int UUID_LENGTH = 36;
  private static final int MAX_SHOWN = 60;
  private static final Pattern UUID_TEXT =
      Pattern.compile(
          "[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{12}");
  private static final Pattern NUMBER = Pattern.compile("\\+?(0[xX][0-9a-fA-F]+|[0-9]+)\n?");

  private StoreText() {}

  /**
   * The UUID in the first 36 of 36 or 37 bytes; byte 37 is not looked at.
   *
   * @throws ErrnoException {@code EINVAL}
   */
  static UUID uuid(String text) {
    int length = text.length();
    if (length != UUID_LENGTH && length != UUID_LENGTH + 1) {
      throw invalid("a UUID is 36 characters and perhaps a newline, not " + length, text);
    }
    String uuid = text.substring(0, UUID_LENGTH);
    if (!UUID_TEXT.matcher(uuid).matches()) {
      throw invalid("not a UUID (8-4-4-4-12 hexadecimal digits)", text);
    }
    return UUID.fromString(uuid);
  }

  /**
   * Whether {@code text} is an unsigned number other than 0: decimal, 0x hexadecimal or 0 octal, up
   * to 2^64 - 1, one leading plus and one trailing newline allowed; what follows a NUL is ignored.
   *
   * @throws ErrnoException {@code EINVAL}
   */
  static boolean isNonZero(String text) {
    int nul = text.indexOf('\0');
    String number = nul < 0 ? text : text.substring(0, nul);
    if (!NUMBER.matcher(number).matches()) {
      throw invalid("not a number", text);
    }
    try {
      BigInteger value = decode(number.strip().replace("+", "").toLowerCase(Locale.ROOT));
      if (value.bitLength() <= Long.SIZE) {
        return value.signum() != 0;
      }
    } catch (NumberFormatException malformed) {
      throw invalid("not an octal number", text);
    }
    throw invalid("more than 64 bits", text);
  }

  private static BigInteger decode(String number) {
    if (number.startsWith("0x")) {
      return new BigInteger(number.substring(2), 16);
    }
    return new BigInteger(number, number.startsWith("0") ? 8 : 10);
  }

  private static ErrnoException invalid(String why, String text) {
    String shown = text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + "..." : text;
    return new ErrnoException(
        Errno.EINVAL, why + ": '" + shown.replace("\n", "\\n").replace("\0", "\\0") + "'");
  }
}
