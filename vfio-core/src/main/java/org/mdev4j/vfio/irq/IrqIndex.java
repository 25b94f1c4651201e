package org.mdev4j.vfio.irq;

/**
 * One interrupt index of a device, as GET_IRQ_INFO tells it.
 *
 * @param count how many interrupts it has; 0 if it is not implemented
 * @param flags {@link #EVENTFD} and others
 * @param kind which rules SET_IRQS follows
 */
public record IrqIndex(int count, int flags, Kind kind) {
  public static final int EVENTFD = 1;
  public static final int MASKABLE = 2;
  public static final int AUTOMASKED = 4;
  public static final int NORESIZE = 8;

  /** Which rules SET_IRQS follows for an index. */
  public enum Kind {
    /** A level: masks itself when it signals, signals again on unmask while it is asserted. */
    INTX,
    /** Messages; excludes INTX and the other kind of messages. */
    MSI,
    /** Messages from a table; excludes INTX and MSI. */
    MSIX,
    /** A notification of its own, such as ERR and REQ. */
    NOTIFY,
    /**
     * A bare trigger, of a device that knows no other action: what else a request asks for besides
     * is passed over, alone it is {@code EINVAL}, and triggering what is not set up does nothing.
     */
    TRIGGER,
    /** Not implemented, and said so by a count of 0; setting it is {@code EINVAL}. */
    NONE,
    /** Not even told of: {@code EINVAL}; setting it is {@code ENOTTY}. */
    REFUSED
  }

  /** An interrupt pin. */
  public static IrqIndex intx() {
    return new IrqIndex(1, EVENTFD | MASKABLE | AUTOMASKED, Kind.INTX);
  }

  /** {@code count} messages. */
  public static IrqIndex msi(int count) {
    return new IrqIndex(count, EVENTFD | NORESIZE, Kind.MSI);
  }

  /** {@code count} messages from a table. */
  public static IrqIndex msix(int count) {
    return new IrqIndex(count, EVENTFD | NORESIZE, Kind.MSIX);
  }

  /** A notification. */
  public static IrqIndex notification() {
    return new IrqIndex(1, EVENTFD, Kind.NOTIFY);
  }

  /** A bare trigger. */
  public static IrqIndex trigger() {
    return new IrqIndex(1, EVENTFD, Kind.TRIGGER);
  }

  /** An index that is not implemented. */
  public static IrqIndex none() {
    return new IrqIndex(0, 0, Kind.NONE);
  }

  /** An index that is not even told of. */
  public static IrqIndex refused() {
    return new IrqIndex(0, 0, Kind.REFUSED);
  }
}
