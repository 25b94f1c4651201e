package org.mdev4j.cli.shell.builtin;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.mdev4j.cli.device.Picture;
import org.mdev4j.cli.shell.Arguments;
import org.mdev4j.cli.shell.Builtin;
import org.mdev4j.cli.shell.Output;
import org.mdev4j.cli.shell.Session;
import org.mdev4j.cli.shell.UsageException;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/** {@code screenshot}: writes what a display shows as PNG. */
final class Screenshot extends Builtin {
  Screenshot() {
    super("screenshot", "UUID FILE.png", "write what a display shows as PNG", Argument.DEVICE);
  }

  @Override
  public List<String> details() {
    return List.of(
        "Opens the device for a moment, or looks on if somebody has it open.",
        "FILE is a file of this machine, not of the tree.");
  }

  @Override
  public void run(Session session, List<String> given, Output output) throws UsageException {
    List<String> operands = Arguments.parse(given).operands();
    if (operands.size() != 2) {
      throw new UsageException("a UUID and a file are needed");
    }
    try {
      take(session, operands.getFirst(), Path.of(operands.getLast()), output);
    } catch (ErrnoException refusal) {
      output.problem(refusal.summary());
    } catch (IOException failure) {
      output.problem("can't write " + operands.getLast() + ": " + failure.getMessage());
    }
  }

  private static void take(Session session, String device, Path file, Output output)
      throws IOException {
    if (session.host().modules().loaded("vfio") == null) {
      throw new ErrnoException(Errno.ENODEV, "there is no VFIO device: module vfio is not loaded");
    }
    session.host().modules().modprobe("vfio_iommu_type1");
    Picture picture = Picture.of(session.host(), device, "mdev shell");
    picture.writePng(file);
    output.line(picture.width() + "x" + picture.height() + " pixels in " + file);
  }
}
