package org.mdev4j.device.host;

import java.math.BigInteger;
import java.util.Locale;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * A parameter of a module: {@code modprobe MODULE NAME=VALUE}.
 *
 * @param name its name
 * @param type what values it takes
 * @param initial the value if none is given, as text
 * @param visible whether {@code /sys/module/MODULE/parameters/NAME} shows it
 * @param description one line for people
 */
public record Parameter(
    String name, Type type, String initial, boolean visible, String description) {

  /** What values a parameter takes. */
  public enum Type {
    /** A number from 0 to 2^31 - 1: decimal, 0x hexadecimal or 0 octal. */
    NUMBER,
    /** y, Y, 1 or n, N, 0; no value means y. */
    FLAG,
    /** Any text. */
    TEXT
  }

  public static Parameter number(String name, int initial, String description) {
    return new Parameter(name, Type.NUMBER, Integer.toString(initial), true, description);
  }

  public static Parameter flag(String name, boolean initial, String description) {
    return new Parameter(name, Type.FLAG, initial ? "Y" : "N", true, description);
  }

  public static Parameter text(String name, String initial, String description) {
    return new Parameter(name, Type.TEXT, initial, true, description);
  }

  /** The same parameter without a file below {@code /sys/module}. */
  public Parameter hidden() {
    return new Parameter(name, type, initial, false, description);
  }

  /**
   * The value that {@code text} stands for, as its file shows it.
   *
   * @throws ErrnoException {@code EINVAL}
   */
  String parse(String text) {
    return switch (type) {
      case TEXT -> text;
      case FLAG ->
          switch (text.toLowerCase(Locale.ROOT)) {
            case "", "y", "1", "on" -> "Y";
            case "n", "0", "off" -> "N";
            default -> throw invalid(text, "neither y nor n");
          };
      case NUMBER -> {
        try {
          BigInteger value = decode(text);
          if (value.signum() >= 0 && value.bitLength() < Integer.SIZE) {
            yield value.toString();
          }
        } catch (NumberFormatException malformed) {
          // said below
        }
        throw invalid(text, "no number from 0 to " + Integer.MAX_VALUE);
      }
    };
  }

  private static BigInteger decode(String text) {
    String lower = text.toLowerCase(Locale.ROOT);
    if (lower.startsWith("0x")) {
      return new BigInteger(lower.substring(2), 16);
    }
    return lower.length() > 1 && lower.startsWith("0")
        ? new BigInteger(lower, 8)
        : new BigInteger(lower);
  }

  private ErrnoException invalid(String text, String why) {
    return new ErrnoException(
        Errno.EINVAL,
        "parameter " + name + ": '" + text + "' is " + why + " (" + description + ")");
  }
}
