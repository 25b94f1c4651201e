package org.mdev4j.sim.ap.panel;

import java.util.function.BiFunction;
import java.util.function.Function;
import org.mdev4j.ap.ApMask;
import org.mdev4j.ap.ApMatrix;
import org.mdev4j.ap.Apqn;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.device.sysfs.AttributeGroup;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.device.sysfs.SysfsTree;
import org.mdev4j.sim.ap.ApPanel;
import org.mdev4j.sim.ap.hardware.SimulatedHardware;

/**
 * {@code /sys/kernel/debug/ap}: the operator's panel of the simulated machine as files.
 *
 * <ul>
 *   <li>{@code adapters}, {@code domains}, {@code control_domains}: what the host is configured
 *       with; a write, as to apmask, changes it and has the bus scanned: {@code -5} pulls card 5
 *   <li>{@code plug}: takes one card as in a machine, as JSON
 *   <li>{@code config}, {@code checkstop}: take {@code +} or {@code -} and a queue: {@code
 *       -05.0004}
 * </ul>
 */
final class PanelFiles {
  private final SimulatedHardware hardware;
  private final ApPanel panel;

  PanelFiles(SimulatedHardware hardware, ApPanel panel) {
    this.hardware = hardware;
    this.panel = panel;
  }

  void addTo(SysfsTree tree, Scope scope) {
    SysfsDirectory home = SysfsTree.makeDirectories(tree.sys(), "kernel/debug/ap");
    AttributeGroup files =
        AttributeGroup.of(
            "",
            mask("adapters", ApMatrix::apm, ApMatrix::withAdapters),
            mask("domains", ApMatrix::aqm, ApMatrix::withDomains),
            mask("control_domains", ApMatrix::adm, ApMatrix::withControlDomains),
            Attribute.writeOnly("plug", panel::plug),
            Attribute.writeOnly(
                "config", text -> panel.setConfigured(queue(text), text.startsWith("+"))),
            Attribute.writeOnly(
                "checkstop", text -> panel.setCheckstopped(queue(text), text.startsWith("+"))));
    home.addGroup(files);
    scope.onClose(() -> home.removeGroup(files));
  }

  private Attribute mask(
      String name, Function<ApMatrix, ApMask> which, BiFunction<ApMatrix, ApMask, ApMatrix> with) {
    return Attribute.readWrite(
        name,
        () -> which.apply(hardware.configuration().matrix()),
        text -> {
          ApMatrix now = hardware.configuration().matrix();
          ApMask changed = which.apply(now).changed(text);
          int most =
              name.equals("adapters")
                  ? hardware.configuration().maxAdapter()
                  : hardware.configuration().maxDomain();
          if (!changed.minus(ApMask.first(most + 1)).isEmpty()) {
            throw new ErrnoException(Errno.EINVAL, "the machine has no number above " + most);
          }
          panel.configure(with.apply(now, changed));
        });
  }

  private static Apqn queue(String text) {
    if (!text.startsWith("+") && !text.startsWith("-")) {
      throw new ErrnoException(
          Errno.EINVAL, "+ or - and a queue, such as -05.0004; not '" + text.strip() + "'");
    }
    return Apqn.parse(text.substring(1).strip());
  }
}
