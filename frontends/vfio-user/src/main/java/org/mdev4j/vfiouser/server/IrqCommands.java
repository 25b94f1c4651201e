package org.mdev4j.vfiouser.server;

import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.DeviceFile;
import org.mdev4j.vfio.irq.EventFd;
import org.mdev4j.vfio.irq.IrqIndex;
import org.mdev4j.vfio.irq.IrqSet;
import org.mdev4j.vfio.irq.Trigger;
import org.mdev4j.vfio.irq.TriggerFd;
import org.mdev4j.vfiouser.posix.Descriptor;
import org.mdev4j.vfiouser.wire.Message;
import org.mdev4j.vfiouser.wire.Reply;

/** DEVICE_SET_IRQS ({@code spec/vfio-user.md} 3.7). */
final class IrqCommands {
  private final DeviceFile device;

  IrqCommands(DeviceFile device) {
    this.device = device;
  }

  void set(Message request, Reply reply) {
    request.require(IrqSet.HEADER_SIZE);
    if (request.unsigned(0) < IrqSet.HEADER_SIZE) {
      throw invalid("argsz " + request.unsigned(0) + " is less than " + IrqSet.HEADER_SIZE);
    }
    int flags = request.u32(4);
    int index = request.u32(8);
    long start = request.unsigned(12);
    long count = request.unsigned(16);
    IrqIndex info = check(flags, index, start, count);
    int data = request.length() - IrqSet.HEADER_SIZE;
    boolean bools = (flags & IrqSet.DATA_BOOL) != 0;
    if (bools && data != count) {
      throw invalid(data + " bytes for " + count + " interrupts");
    }
    checkAction(flags, info, count);
    device.setIrqs(
        new IrqSet(
            IrqSet.HEADER_SIZE + (int) count * Integer.BYTES,
            flags,
            index,
            (int) start,
            (int) count,
            bools
                ? request.data(IrqSet.HEADER_SIZE, data).toArray(ValueLayout.JAVA_BYTE)
                : new byte[0],
            triggers(request.descriptors(), flags, (int) count)));
  }

  /** What VFIO checks as well, but with which a request must not get that far. */
  private IrqIndex check(int flags, int index, long start, long count) {
    IrqIndex info = device.irqInfo(IrqSet.HEADER_SIZE, index);
    if (start >= info.count() || count > info.count() - start) {
      throw invalid(
          "interrupts from %d, %d of them, are not among the %d of index %d"
              .formatted(start, count, info.count(), index));
    }
    if (count == 0 && (start != 0 || flags != (IrqSet.DATA_NONE | IrqSet.ACTION_TRIGGER))) {
      throw invalid("count 0 only disables an index: DATA_NONE and ACTION_TRIGGER, start 0");
    }
    return info;
  }

  private static void checkAction(int flags, IrqIndex info, long count) {
    boolean trigger = (flags & IrqSet.ACTION_TRIGGER) != 0;
    if (info.kind() == IrqIndex.Kind.NOTIFY && (!trigger || count > 1)) {
      throw invalid("a notification can only be triggered");
    }
    if (!trigger && (flags & IrqSet.DATA_EVENTFD) != 0) {
      // Said so that the client unmasks by messages instead, which nothing can get lost of.
      throw new ErrnoException(Errno.ENOTTY, "masking and unmasking by eventfds");
    }
  }

  private static List<@Nullable TriggerFd> triggers(
      List<Descriptor> descriptors, int flags, int count) {
    if ((flags & IrqSet.DATA_EVENTFD) == 0) {
      if (!descriptors.isEmpty()) {
        throw invalid("file descriptors without DATA_EVENTFD");
      }
      return List.of();
    }
    if (descriptors.isEmpty()) {
      return Collections.nCopies(count, null);
    }
    if (descriptors.size() != count) {
      throw invalid(descriptors.size() + " file descriptors for " + count + " interrupts");
    }
    List<@Nullable TriggerFd> triggers = new ArrayList<>(count);
    descriptors.forEach(descriptor -> triggers.add(() -> Received.of(descriptor)));
    return triggers;
  }

  /** An eventfd that a client has sent; closed when the interrupt lets go of it. */
  private record Received(EventFd eventFd) implements Trigger {
    static Received of(Descriptor descriptor) {
      if (!descriptor.isEventFd()) {
        throw invalid("a file descriptor for an interrupt that is no eventfd");
      }
      // A signal must not wait for a client that has filled the count up.
      descriptor.dontBlock();
      return new Received(EventFd.of(descriptor.take()));
    }

    @Override
    public void signal() {
      eventFd.signal();
    }

    @Override
    public void release() {
      eventFd.close();
    }
  }

  private static ErrnoException invalid(String why) {
    return new ErrnoException(Errno.EINVAL, why);
  }
}
