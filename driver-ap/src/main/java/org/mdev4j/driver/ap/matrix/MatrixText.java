package org.mdev4j.driver.ap.matrix;

import java.util.Locale;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.mdev4j.ap.ApMask;
import org.mdev4j.ap.ApMatrix;
import org.mdev4j.ap.Apqn;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.sysfs.Attribute;

/**
 * What the files of a device show ({@code spec/ap.md} 5.4). A page is shown, in whole lines: what
 * is beyond it is left out, where a kernel would overrun it.
 */
final class MatrixText {
  private MatrixText() {}

  /** The queues; without domains the adapters, {@code xx.}; without adapters the domains. */
  static String queues(ApMatrix matrix) {
    Stream<String> lines;
    if (matrix.aqm().isEmpty()) {
      lines = matrix.apm().numbers().stream().map(adapter -> line("%02x.", adapter));
    } else if (matrix.apm().isEmpty()) {
      lines = matrix.aqm().numbers().stream().map(domain -> line(".%04x", domain));
    } else {
      lines = matrix.queues().stream().map(Apqn::toString);
    }
    return page(lines);
  }

  /** Domains, one a line. */
  static String domains(ApMask domains) {
    return page(domains.numbers().stream().map(domain -> line("%04x", domain)));
  }

  /** The three masks in full, with commas. */
  static String masks(ApMatrix matrix) {
    return matrix.apm() + "," + matrix.aqm() + "," + matrix.adm() + "\n";
  }

  /**
   * Reads three masks.
   *
   * @throws ErrnoException {@code EINVAL}
   */
  static ApMatrix parse(String text) {
    String[] masks =
        (text.endsWith("\n") ? text.substring(0, text.length() - 1) : text).split(",", -1);
    if (masks.length != 3) {
      throw new ErrnoException(
          Errno.EINVAL, "three masks with commas between them, not " + masks.length);
    }
    return new ApMatrix(ApMask.parse(masks[0]), ApMask.parse(masks[1]), ApMask.parse(masks[2]));
  }

  private static String page(Stream<String> lines) {
    String all = lines.map(line -> line + "\n").collect(Collectors.joining());
    return all.length() <= Attribute.PAGE
        ? all
        : all.substring(0, all.lastIndexOf('\n', Attribute.PAGE - 1) + 1);
  }

  private static String line(String format, int number) {
    return String.format(Locale.ROOT, format, number);
  }
}
