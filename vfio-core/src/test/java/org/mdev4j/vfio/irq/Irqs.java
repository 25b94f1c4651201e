package org.mdev4j.vfio.irq;

import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.WorkQueue;

/** A toy device's interrupts, requests to set them, and what comes of a request. */
final class Irqs {
  static final int INTX = 0;
  static final int MSI = 1;
  static final int MSIX = 2;
  static final int NOTIFY = 3;
  static final int NONE = 4;
  static final int REFUSED = 5;
  static final int VECTORS = 3;

  private static final List<IrqIndex> EACH_KIND =
      List.of(
          IrqIndex.intx(),
          IrqIndex.msi(VECTORS),
          IrqIndex.msix(VECTORS),
          IrqIndex.notification(),
          IrqIndex.none(),
          IrqIndex.refused());

  private Irqs() {}

  /** One index of each kind; those of messages have {@link #VECTORS}. */
  static Interrupts ofEachKind() {
    return new Interrupts(EACH_KIND);
  }

  /** The same, whose listeners are called on {@code queue}. */
  static Interrupts ofEachKind(WorkQueue queue) {
    return new Interrupts(EACH_KIND, queue);
  }

  /** A request without data, exactly as large as it must be. */
  static IrqSet none(int action, int index, int start, int count) {
    int flags = IrqSet.DATA_NONE | action;
    return new IrqSet(20, flags, index, start, count, new byte[0], List.of());
  }

  static IrqSet bools(int action, int index, int start, int... values) {
    byte[] bytes = new byte[values.length];
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) values[i];
    }
    int flags = IrqSet.DATA_BOOL | action;
    return new IrqSet(
        20 + bytes.length, flags, index, start, bytes.length, bytes, Collections.emptyList());
  }

  /** Binds {@code triggers}, null for -1. */
  static IrqSet bind(int index, int start, @Nullable Trigger... triggers) {
    List<@Nullable TriggerFd> descriptors =
        Arrays.stream(triggers).<@Nullable TriggerFd>map(Irqs::descriptor).toList();
    return eventfds(IrqSet.ACTION_TRIGGER, index, start, descriptors);
  }

  static IrqSet eventfds(int action, int index, int start, List<@Nullable TriggerFd> descriptors) {
    int flags = IrqSet.DATA_EVENTFD | action;
    int count = descriptors.size();
    return new IrqSet(20 + 4 * count, flags, index, start, count, new byte[0], descriptors);
  }

  /** Lets {@code trigger} unmask the pin; null for -1. */
  static IrqSet resample(@Nullable Trigger trigger) {
    return eventfds(IrqSet.ACTION_UNMASK, INTX, 0, Collections.singletonList(descriptor(trigger)));
  }

  static IrqSet disable(int index) {
    return none(IrqSet.ACTION_TRIGGER, index, 0, 0);
  }

  static IrqSet mask() {
    return none(IrqSet.ACTION_MASK, INTX, 0, 1);
  }

  static IrqSet unmask() {
    return none(IrqSet.ACTION_UNMASK, INTX, 0, 1);
  }

  /** A descriptor that is refused. */
  static TriggerFd bad(Errno errno) {
    return () -> {
      throw new ErrnoException(errno, "a bad descriptor of a test");
    };
  }

  /** What comes of {@code request}: the errno's name, or "ok". */
  static String outcome(Interrupts interrupts, IrqSet request) {
    try {
      interrupts.set(request);
      return "ok";
    } catch (ErrnoException refusal) {
      return refusal.errno().name();
    }
  }

  private static @Nullable TriggerFd descriptor(@Nullable Trigger trigger) {
    return trigger == null ? null : () -> trigger;
  }
}
