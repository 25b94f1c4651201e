package org.mdev4j.replay.ccw;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.replay.ops.Ops;
import org.mdev4j.replay.probe.Answers;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.shadow.CcwShadow;
import org.mdev4j.replay.transcript.Args;
import org.mdev4j.replay.transcript.Step;
import org.mdev4j.replay.vfio.Eventfd;
import org.mdev4j.vfio.DeviceFile;
import org.mdev4j.vfio.irq.EventCounter;
import org.mdev4j.vfio.irq.IrqSet;
import org.mdev4j.vfio.irq.TriggerFd;

/** Setting up the interrupts of a subchannel. */
final class IrqOps {
  private static final List<String> INDEXES = List.of("io", "crw", "req");

  /** Behind the header the probe's buffer has 44 bytes. */
  private static final int DATA_BYTES = 44;

  private static final int UNSET = -1;

  private IrqOps() {}

  static void addTo(Ops ops) {
    ops.add("VFIO_DEVICE_SET_IRQS", IrqOps::set);
    ops.add("VFIO_DEVICE_SET_IRQS_raw", IrqOps::setRaw);
    ops.calls().add("eventfd", (args, session) -> eventfd(args.text("as"), session));
    ops.calls().add("forget_eventfd", IrqOps::forget);
  }

  private static JsonNode set(Step step, Session session) {
    Args args = step.args();
    return request(
        args,
        IrqSet.HEADER_SIZE + Integer.BYTES,
        IrqSet.DATA_EVENTFD | IrqSet.ACTION_TRIGGER,
        INDEXES.indexOf(args.text("index")),
        session);
  }

  private static JsonNode setRaw(Step step, Session session) {
    Args args = step.args();
    return request(
        args, args.word("argsz"), (int) args.address("flags"), args.word("index"), session);
  }

  private static JsonNode request(Args args, int argsz, int flags, int index, Session session) {
    DeviceFile device = RequestOps.file(args, session, DeviceFile.class);
    byte[] given = args.has("data") ? args.bytes("data") : new byte[0];
    byte[] data = new byte[DATA_BYTES];
    System.arraycopy(given, 0, data, 0, given.length);
    @Nullable TriggerFd descriptor = descriptor(args, session);
    IrqSet request =
        new IrqSet(
            argsz,
            flags,
            index,
            args.word("start"),
            args.word("count"),
            data,
            Collections.nCopies(DATA_BYTES / Integer.BYTES, descriptor));
    device.setIrqs(request);
    CcwShadow shadow = session.shadows().subchannel(device);
    if (shadow != null && (flags & IrqSet.DATA_EVENTFD) != 0) {
      shadow.irqs().bind(index, descriptor == null ? null : args.text("fd"));
    }
    return Answers.ret(0);
  }

  /**
   * The descriptor in the data: a name or a number that is not open; null for -1. Without one the
   * data is zeros, and so the descriptor standard input, which is no eventfd.
   */
  private static @Nullable TriggerFd descriptor(Args args, Session session) {
    JsonNode fd = args.json().path("fd");
    if (fd.isIntegralNumber()) {
      return fd.intValue() == UNSET ? null : () -> notOpen(fd.intValue());
    }
    String name = fd.isTextual() ? fd.textValue() : "standard input";
    return () ->
        switch (session.named(name)) {
          case Eventfd eventfd -> eventfd.counter();
          case null, default -> throw new ErrnoException(Errno.EINVAL, name + " is no eventfd");
        };
  }

  private static EventCounter notOpen(int number) {
    throw number < UNSET
        ? new ErrnoException(Errno.EINVAL, number + " can't be a descriptor")
        : new ErrnoException(Errno.EBADF, number + " is not open");
  }

  private static JsonNode eventfd(String name, Session session) {
    session.name(name, new Eventfd(new EventCounter()));
    return Answers.ret(0);
  }

  /** The device keeps it; the probe makes a new one of that name. */
  private static JsonNode forget(Args args, Session session) {
    return eventfd(args.text(args.has("fd") ? "fd" : "name"), session);
  }
}
