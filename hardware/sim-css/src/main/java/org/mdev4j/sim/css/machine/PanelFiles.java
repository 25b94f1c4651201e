package org.mdev4j.sim.css.machine;

import java.util.stream.Collectors;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.device.sysfs.AttributeGroup;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.device.sysfs.SysfsTree;
import org.mdev4j.sim.css.CssPanel;

/**
 * {@code /sys/kernel/debug/css}: the operator's panel of the simulated machine as files.
 *
 * <ul>
 *   <li>{@code plugged}: the devices that are plugged in, each with its subchannel
 *   <li>{@code plug}: takes one subchannel as in a machine, as JSON
 *   <li>{@code unplug}: takes the number of a device, {@code 0120}, and pulls it
 *   <li>{@code paths}: takes {@code +} or {@code -} and a path, {@code -20}, and makes it available
 *       or not
 *   <li>{@code present}: takes the number of a device and device status, {@code 0120 80}, which the
 *       device presents unasked
 * </ul>
 */
final class PanelFiles {
  private final CssPanel panel;

  PanelFiles(CssPanel panel) {
    this.panel = panel;
  }

  void addTo(SysfsTree tree, Scope scope) {
    SysfsDirectory home = SysfsTree.makeDirectories(tree.sys(), "kernel/debug/css");
    AttributeGroup files =
        AttributeGroup.of(
            "",
            new Attribute("plugged", 0444, this::plugged, null),
            Attribute.writeOnly("plug", panel::plug),
            Attribute.writeOnly("unplug", text -> panel.unplug(number("device", text, 4))),
            Attribute.writeOnly("paths", this::configurePath),
            Attribute.writeOnly("present", this::present));
    home.addGroup(files);
    scope.onClose(() -> home.removeGroup(files));
  }

  private String plugged() {
    return panel.devices().stream()
        .map(device -> String.format("%04x %s\n", device.number(), device.subchannel().busId()))
        .collect(Collectors.joining());
  }

  private void configurePath(String text) {
    if (!text.startsWith("+") && !text.startsWith("-")) {
      throw new ErrnoException(
          Errno.EINVAL, "+ or - and a path, such as -20; not '" + text.strip() + "'");
    }
    panel.configurePath(number("path", text.substring(1), 2), text.startsWith("+"));
  }

  private void present(String text) {
    String[] words = text.strip().split("\\s+", -1);
    if (words.length != 2) {
      throw new ErrnoException(
          Errno.EINVAL, "a device and its status, such as 0120 80; not '" + text.strip() + "'");
    }
    panel.device(number("device", words[0], 4)).present(number("status", words[1], 2));
  }

  private static int number(String what, String text, int digits) {
    String word = text.strip();
    if (!word.matches("\\p{XDigit}{1," + digits + "}")) {
      throw new ErrnoException(
          Errno.EINVAL,
          "the "
              + what
              + " '"
              + word
              + "' is no hexadecimal number of up to "
              + digits
              + " digits");
    }
    return Integer.parseInt(word, 16);
  }
}
