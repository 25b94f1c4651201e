package org.mdev4j.ap;

import java.util.Comparator;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * The number of a queue: which adapter, which usage domain.
 *
 * @param adapter 0 to 255, the APID
 * @param domain 0 to 255, the APQI
 */
public record Apqn(int adapter, int domain) implements Comparable<Apqn> {
  private static final Pattern TEXT =
      Pattern.compile("(\\p{XDigit}{1,2})\\.(\\p{XDigit}{1,2}|00\\p{XDigit}{2})");

  public Apqn {
    if (adapter < 0 || adapter >= ApMask.BITS || domain < 0 || domain >= ApMask.BITS) {
      throw new IllegalArgumentException("no APQN: " + adapter + ", " + domain);
    }
  }

  /** The queue whose number is {@code adapter * 256 + domain}; higher bits are ignored. */
  public static Apqn of(int number) {
    return new Apqn(number >>> 8 & 0xFF, number & 0xFF);
  }

  /**
   * Reads {@code xx.yyyy}, hexadecimal.
   *
   * @throws ErrnoException {@code EINVAL}
   */
  public static Apqn parse(String text) {
    Matcher matcher = TEXT.matcher(text);
    if (!matcher.matches()) {
      throw new ErrnoException(
          Errno.EINVAL, "'" + text + "' is no queue: adapter.domain, such as 05.00ab");
    }
    return new Apqn(Integer.parseInt(matcher.group(1), 16), Integer.parseInt(matcher.group(2), 16));
  }

  /** {@code adapter * 256 + domain}. */
  public int number() {
    return adapter << 8 | domain;
  }

  @Override
  public int compareTo(Apqn other) {
    return Comparator.comparingInt(Apqn::number).compare(this, other);
  }

  /** Two digits, a dot, four digits: {@code 05.00ab}. */
  @Override
  public String toString() {
    return String.format(Locale.ROOT, "%02x.%04x", adapter, domain);
  }
}
