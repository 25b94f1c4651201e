package org.mdev4j.cli.shell.builtin;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.cli.device.Guests;
import org.mdev4j.cli.shell.Arguments;
import org.mdev4j.cli.shell.Builtin;
import org.mdev4j.cli.shell.Output;
import org.mdev4j.cli.shell.Session;
import org.mdev4j.cli.shell.UsageException;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.OpenDevice;
import org.mdev4j.vfio.Vfio;

/** {@code open}: holds devices open, as a guest would. */
final class Open extends Builtin {
  Open() {
    super("open", "[-g GUEST] [UUID...]", "hold a device open, as a guest would", Argument.DEVICE);
  }

  @Override
  public List<String> details() {
    return List.of(
        "A device that is open keeps its driver loaded, and whoever removes it waits.",
        "Loads vfio_iommu_type1, which a guest needs as well.",
        "-g opens it for a guest of that name, which is started if need be; an AP device needs"
            + " one.",
        "Without an argument: lists what this shell has open.");
  }

  @Override
  public void run(Session session, List<String> given, Output output) throws UsageException {
    Arguments arguments = Arguments.parse(given, "", "g");
    List<String> devices = arguments.operands();
    if (devices.isEmpty()) {
      session.held().forEach(output::line);
    }
    for (String device : devices) {
      try {
        open(session, device, arguments.value('g'));
      } catch (ErrnoException refusal) {
        output.problem(refusal.summary());
      }
    }
  }

  private static void open(Session session, String device, @Nullable String guest) {
    if (session.host().modules().loaded("vfio") == null) {
      throw new ErrnoException(Errno.ENODEV, "there is no VFIO device: module vfio is not loaded");
    }
    Vfio vfio = session.host().service(Vfio.class);
    if (vfio.device(device) == null) {
      throw new ErrnoException(Errno.ENODEV, "there is no VFIO device '" + device + "'");
    }
    if (session.held().contains(device)) {
      throw new ErrnoException(Errno.EBUSY, "this shell has " + device + " open already");
    }
    session.host().modules().modprobe("vfio_iommu_type1");
    OpenDevice open =
        guest == null
            ? vfio.openDevice(device, "mdev shell")
            : vfio.openDevice(device, "guest " + guest, Guests.named(session.host(), guest));
    try {
      session.hold(device, open::close);
    } catch (ErrnoException refusal) {
      open.close();
      throw refusal;
    }
  }
}
