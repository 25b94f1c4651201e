package org.mdev4j.vfio.irq;

import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/** The checks that every SET_IRQS request passes ({@code spec/vfio.md} 4.5), in their order. */
final class IrqRules {
  private static final int KNOWN_FLAGS = IrqSet.DATA_TYPES | IrqSet.ACTIONS;

  private IrqRules() {}

  static void checkHeader(IrqSet request, int indexes) {
    if (Integer.compareUnsigned(request.argsz(), IrqSet.HEADER_SIZE) < 0) {
      throw invalid("argsz " + Integer.toUnsignedString(request.argsz()) + " is less than 20");
    }
    if (request.index() < 0 || request.index() >= indexes) {
      throw invalid("there is no interrupt index " + Integer.toUnsignedString(request.index()));
    }
    long start = Integer.toUnsignedLong(request.start());
    long count = Integer.toUnsignedLong(request.count());
    if (count >= 0xffff_ffffL - start) {
      throw invalid("start " + start + " and count " + count + " overflow");
    }
    if ((request.flags() & ~KNOWN_FLAGS) != 0) {
      throw invalid("unknown flags 0x" + Integer.toHexString(request.flags()));
    }
  }

  static void checkBody(IrqSet request, IrqIndex index) {
    if (index.kind() == IrqIndex.Kind.REFUSED) {
      return;
    }
    long start = Integer.toUnsignedLong(request.start());
    long count = Integer.toUnsignedLong(request.count());
    if (start >= index.count() || start + count > index.count()) {
      throw invalid(
          "interrupts "
              + start
              + " to "
              + (start + count)
              + " are not among the "
              + index.count()
              + " of index "
              + request.index());
    }
    if (Integer.bitCount(request.dataType()) != 1) {
      throw invalid("not exactly one data type: flags 0x" + Integer.toHexString(request.flags()));
    }
    long element =
        switch (request.dataType()) {
          case IrqSet.DATA_BOOL -> 1;
          case IrqSet.DATA_EVENTFD -> Integer.BYTES;
          default -> 0;
        };
    if (Integer.toUnsignedLong(request.argsz()) - IrqSet.HEADER_SIZE < count * element) {
      throw invalid("argsz " + request.argsz() + " is too small for " + count + " elements");
    }
    request.checkData();
    boolean bare = index.kind() == IrqIndex.Kind.TRIGGER;
    if (bare
        ? (request.action() & IrqSet.ACTION_TRIGGER) == 0
        : Integer.bitCount(request.action()) != 1) {
      throw invalid("not one action: flags 0x" + Integer.toHexString(request.flags()));
    }
    if (bare && request.dataType() == IrqSet.DATA_NONE) {
      return;
    }
    // The kernel's helper lets these two through, and the sample drivers crash on them.
    if (count == 0 && !request.disables()) {
      throw invalid("count 0 only disables: DATA_NONE and ACTION_TRIGGER");
    }
  }

  static ErrnoException notSupported(IrqSet request, String what) {
    return new ErrnoException(
        Errno.ENOTTY, "interrupt index " + request.index() + ": not supported: " + what);
  }

  private static ErrnoException invalid(String why) {
    return new ErrnoException(Errno.EINVAL, why);
  }
}
