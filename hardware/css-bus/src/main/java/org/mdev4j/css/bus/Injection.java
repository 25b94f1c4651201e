package org.mdev4j.css.bus;

import java.util.function.Consumer;
import org.mdev4j.css.Crw;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.device.sysfs.AttributeGroup;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.device.sysfs.SysfsTree;

/**
 * {@code /sys/kernel/debug/s390/cio}: {@code enable_inject} takes 1 or 0, {@code crw_inject} takes
 * {@code solicited overflow chained rsc ancillary erc rsid}, all hexadecimal, and reports it as if
 * the machine had.
 */
final class Injection {
  private final Consumer<Crw> reports;
  private volatile boolean enabled;

  Injection(Consumer<Crw> reports) {
    this.reports = reports;
  }

  void addTo(SysfsTree tree, Scope scope) {
    SysfsDirectory home = SysfsTree.makeDirectories(tree.sys(), "kernel/debug/s390/cio");
    AttributeGroup files =
        AttributeGroup.of(
            "",
            Attribute.writeOnly("enable_inject", this::enable),
            Attribute.writeOnly("crw_inject", this::inject));
    home.addGroup(files);
    scope.onClose(() -> home.removeGroup(files));
  }

  private void enable(String text) {
    String word = text.strip();
    if (!word.equals("0") && !word.equals("1")) {
      throw new ErrnoException(Errno.EINVAL, "enable_inject takes 0 or 1, not '" + word + "'");
    }
    enabled = word.equals("1");
  }

  private void inject(String text) {
    if (!enabled) {
      throw new ErrnoException(Errno.EINVAL, "enable_inject is 0");
    }
    String[] words = text.strip().split("\\s+", -1);
    if (words.length < 7) {
      throw new ErrnoException(
          Errno.EINVAL,
          "crw_inject takes: solicited overflow chained rsc ancillary erc rsid, not '"
              + text.strip()
              + "'");
    }
    int[] values = new int[7];
    for (int i = 0; i < values.length; i++) {
      try {
        values[i] = Integer.parseUnsignedInt(words[i], 16);
      } catch (NumberFormatException e) {
        throw new ErrnoException(
            Errno.EINVAL, "crw_inject: '" + words[i] + "' is not hexadecimal", e);
      }
    }
    int flags =
        (values[0] & 1) * Crw.SOLICITED
            | (values[1] & 1) * Crw.OVERFLOW
            | (values[2] & 1) * Crw.CHAINED
            | (values[4] & 1) << 23;
    reports.accept(new Crw(Crw.of(values[3], values[5], values[6]).word() | flags));
  }
}
