package org.mdev4j.replay.ops;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.replay.probe.Answers;
import org.mdev4j.replay.probe.IrqRequests;
import org.mdev4j.replay.probe.Session;
import org.mdev4j.replay.shadow.Shadow;
import org.mdev4j.replay.transcript.Args;
import org.mdev4j.replay.vfio.Eventfd;
import org.mdev4j.vfio.DeviceFile;
import org.mdev4j.vfio.irq.EventCounter;
import org.mdev4j.vfio.irq.IrqSet;
import org.mdev4j.vfio.irq.TriggerFd;

/** Setting up interrupts, and reading the eventfds afterwards. */
final class IrqOps {
  /** As many elements as 128 bytes hold. */
  private static final int MOST_ELEMENTS = 27;

  private IrqOps() {}

  static void addTo(Ops ops) {
    DeviceOps.both(ops, "DEVICE_SET_IRQS", (args, form, session) -> setIrqs(args, session));
    ops.calls().add("eventfd", IrqOps::eventfd);
    ops.calls().add("forget_eventfd", IrqOps::forget);
  }

  private static JsonNode setIrqs(Args args, Session session) {
    DeviceFile device = DeviceOps.device(args, session);
    ObjectNode result;
    try {
      device.setIrqs(request(args, session));
      result = Answers.ret(0);
    } catch (ErrnoException refusal) {
      result = Answers.errno(refusal);
    }
    Shadow shadow = session.shadows().of(device);
    if (shadow != null) {
      shadow.setIrqs(IrqRequests.of(args, session));
    }
    ObjectNode counts = result.putObject("irq");
    for (String name : IrqRequests.EVENTFDS) {
      if (session.named(name) instanceof Eventfd eventfd) {
        counts.put(name, eventfd.counter().take());
      }
    }
    return result;
  }

  private static IrqSet request(Args args, Session session) {
    int count = Math.clamp(Integer.toUnsignedLong(args.word("count")), 0, MOST_ELEMENTS);
    byte[] data = args.has("data") ? args.bytes("data") : new byte[0];
    byte[] bools = new byte[count];
    System.arraycopy(data, 0, bools, 0, Math.min(count, data.length));
    return new IrqSet(
        args.word("argsz"),
        args.word("flags"),
        args.word("index"),
        args.word("start"),
        args.word("count"),
        bools,
        triggers(args, count, session));
  }

  private static List<@Nullable TriggerFd> triggers(Args args, int count, Session session) {
    @Nullable TriggerFd first = null;
    String name = IrqRequests.descriptor(args);
    if (!name.equals(IrqRequests.NONE)) {
      first =
          () ->
              switch (session.named(name)) {
                case Eventfd eventfd -> eventfd.counter();
                case null -> throw new ErrnoException(Errno.EBADF, name + " is not open");
                default -> throw new ErrnoException(Errno.EINVAL, name + " is no eventfd");
              };
    }
    return Collections.nCopies(count, first);
  }

  private static JsonNode eventfd(Args args, Session session) {
    session.name(args.text("as"), new Eventfd(new EventCounter()));
    return Answers.ret(0);
  }

  /** The device keeps it; the probe makes a new one of that name. */
  private static JsonNode forget(Args args, Session session) {
    String name = args.text(args.has("fd") ? "fd" : "name");
    session.name(name, new Eventfd(new EventCounter()));
    return Answers.ret(0);
  }
}
