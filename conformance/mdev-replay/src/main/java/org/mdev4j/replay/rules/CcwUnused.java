package org.mdev4j.replay.rules;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.sysfs.SysfsDirectory;
import org.mdev4j.device.sysfs.SysfsNode;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.transcript.Observation;
import org.mdev4j.replay.transcript.Step;
import org.mdev4j.sim.css.CssPanel;

/**
 * A subchannel that is pulled while it is bound and nobody has made a mediated device of it: there
 * is no device model that could break. In the kernel the bus driver has one all the time.
 */
final class CcwUnused implements Rule {
  private static final String BROKEN = "CLOSED/BROKEN";
  private static final String CSS = "/sys/bus/css/devices/";

  @Override
  public String name() {
    return "ccw-nobody-breaks";
  }

  @Override
  public Reason reason() {
    return Reason.LATER_KERNEL;
  }

  @Override
  public @Nullable Observation expect(Step step, Session session) {
    boolean pulls =
        step.op().equals("qemu_monitor") && step.args().text("means", "").equals("unplug");
    if (!pulls || !step.recorded().trace().contains(BROKEN)) {
      return null;
    }
    String number = step.args().text("devno", "");
    boolean unused =
        session.host().service(CssPanel.class).devices().stream()
            .filter(device -> number.endsWith(String.format(".%04x", device.number())))
            .anyMatch(device -> isUnused(session, CSS + device.subchannel().busId()));
    List<String> trace = step.recorded().trace();
    return unused
        ? step.recorded().tracing(trace.stream().filter(pair -> !pair.equals(BROKEN)).toList())
        : null;
  }

  private static boolean isUnused(Session session, String subchannel) {
    try {
      SysfsNode devices =
          session.host().tree().resolve(subchannel + "/mdev_supported_types/vfio_ccw-io/devices");
      return devices instanceof SysfsDirectory directory && directory.children().isEmpty();
    } catch (ErrnoException unbound) {
      return false;
    }
  }
}
