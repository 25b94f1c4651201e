package org.mdev4j.vfio.irq;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.WorkQueue;

/**
 * The interrupts of one open device: what its user has set up with SET_IRQS, and the way from the
 * model to the user ({@code spec/vfio.md} 4.5, 4.6). One core for all devices.
 *
 * <h2>Levels</h2>
 *
 * A pin is a level. When it is asserted it signals once and masks itself; when the user unmasks it
 * and it is still asserted it signals again. The same line drives the first message if the user has
 * enabled messages instead: one for each time it is asserted.
 *
 * <pre>
 *            line(true)                    UNMASK while asserted
 *   idle ------------------> signalled, masked ------------------> signalled, masked
 *     ^                            | line(false), UNMASK
 *     +----------------------------+
 * </pre>
 *
 * <h2>Signals</h2>
 *
 * A signal adds one to the count of an eventfd, which neither waits nor calls anything. It is done
 * under the monitor: once a request that disables or replaces a trigger has returned, or the
 * session has ended, the count does not change any more. Listeners within the process are called
 * later, on a queue of the session and without the monitor ({@link Trigger#listen}); none is called
 * any more for a trigger that is not bound any more.
 *
 * <h2>Thread safety</h2>
 *
 * One monitor per device guards everything. It is a leaf: the triggers that are opened, signalled
 * and released under it must not call a device.
 */
public final class Interrupts {
  private final List<IrqIndex> indexes;
  private final Function<Trigger, BoundTrigger> binding;
  private final IrqVectors[] vectors;
  private IrqIndex.@Nullable Kind active;
  private boolean asserted;
  private boolean masked;
  private @Nullable Resample resample;

  /** Interrupts with a queue of their own for listeners; what a listener throws is logged. */
  public Interrupts(List<IrqIndex> indexes) {
    this(
        indexes, new WorkQueue("listeners", Thread.ofPlatform().daemon().name("listeners")::start));
  }

  /**
   * The interrupts of a session.
   *
   * @param listeners calls the listeners of triggers; what they throw goes where its failures go
   */
  public Interrupts(List<IrqIndex> indexes, WorkQueue listeners) {
    this(indexes, trigger -> new BoundTrigger(trigger, listeners));
  }

  Interrupts(List<IrqIndex> indexes, Function<Trigger, BoundTrigger> binding) {
    this.indexes = List.copyOf(indexes);
    this.binding = binding;
    vectors = new IrqVectors[indexes.size()];
    for (int i = 0; i < vectors.length; i++) {
      vectors[i] = new IrqVectors(indexes.get(i).count());
    }
  }

  /**
   * What GET_IRQ_INFO tells.
   *
   * @throws ErrnoException {@code EINVAL} for an index that there is not
   */
  public IrqIndex info(int index) {
    if (index < 0
        || index >= indexes.size()
        || indexes.get(index).kind() == IrqIndex.Kind.REFUSED) {
      throw invalid("there is no interrupt index " + Integer.toUnsignedString(index));
    }
    return indexes.get(index);
  }

  /** How many indexes there are. */
  public int count() {
    return indexes.size();
  }

  /**
   * Carries out a SET_IRQS request.
   *
   * @throws ErrnoException {@code EINVAL}, {@code ENOTTY}, {@code EBADF}, {@code EBUSY} as the
   *     rules have it; what was set up before stays
   */
  public synchronized void set(IrqSet request) {
    IrqRules.checkHeader(request, indexes.size());
    IrqIndex index = indexes.get(request.index());
    IrqRules.checkBody(request, index);
    switch (index.kind()) {
      case INTX -> setIntx(request);
      case MSI, MSIX -> setMessages(request, index.kind());
      case NOTIFY -> setNotification(request);
      case TRIGGER -> setTrigger(request);
      case NONE -> throw invalid("interrupt index " + request.index() + " is not implemented");
      case REFUSED -> throw IrqRules.notSupported(request, "the device has no such interrupts");
    }
  }

  /** Signals one interrupt of an index of messages or notifications, if the user has set it up. */
  public synchronized boolean signal(int index, int vector) {
    return vectors[index].signal(vector);
  }

  /**
   * Returns a trigger that signals {@code trigger} as the interrupts of this session do, until it
   * is released: listeners are called on the queue of the session. For a device that {@linkplain
   * org.mdev4j.vfio.model.ForwardsInterrupts keeps its interrupts elsewhere}.
   */
  public Trigger bind(Trigger trigger) {
    return binding.apply(trigger);
  }

  /**
   * Does {@code step} while no other thread signals or sets up anything: to the user, what it
   * changes and the signal's count are one step. A listener is called later. The step must not wait
   * for a thread that signals.
   *
   * @return what {@code step} returns
   */
  public synchronized boolean inOneStep(BooleanSupplier step) {
    return step.getAsBoolean();
  }

  /** Asserts or deasserts the interrupt pin. */
  public synchronized void line(boolean level) {
    boolean rises = level && !asserted;
    asserted = level;
    if (active == IrqIndex.Kind.INTX) {
      deliverLevel();
    } else if (rises && active != null) {
      var _ = vectors[indexOf(active)].signal(0);
    }
  }

  /** The kind of interrupt of the pin that the user has enabled, or null. */
  public synchronized IrqIndex.@Nullable Kind active() {
    return active;
  }

  /** Forgets everything that the user has set up: the user has gone. */
  public synchronized void disableAll() {
    stopResampling();
    for (IrqVectors of : vectors) {
      of.clear();
    }
    active = null;
    masked = false;
  }

  private void setIntx(IrqSet request) {
    IrqVectors pin = vectors[request.index()];
    if (request.disables()) {
      checkActive(IrqIndex.Kind.INTX, "disable");
      disable(request.index());
      return;
    }
    if (request.start() != 0 || request.count() != 1) {
      throw invalid("INTx is one interrupt: start 0, count 1");
    }
    switch (request.action()) {
      case IrqSet.ACTION_TRIGGER -> triggerIntx(request, pin);
      case IrqSet.ACTION_MASK -> {
        checkEnabled(IrqIndex.Kind.INTX);
        if (request.dataType() == IrqSet.DATA_EVENTFD) {
          throw IrqRules.notSupported(request, "masking by an eventfd");
        }
        masked |= request.selects(0);
      }
      default -> unmaskIntx(request);
    }
  }

  private void triggerIntx(IrqSet request, IrqVectors pin) {
    if (request.dataType() != IrqSet.DATA_EVENTFD) {
      checkEnabled(IrqIndex.Kind.INTX);
      if (request.selects(0) && !masked) {
        masked = true;
        var _ = pin.signal(0);
      }
      return;
    }
    checkActive(IrqIndex.Kind.INTX, "enable");
    TriggerFd descriptor = request.triggers().getFirst();
    // Opened first: if it is bad, all stays as it is.
    BoundTrigger opened = open(descriptor);
    disable(request.index());
    if (opened != null) {
      pin.bind(0, opened);
      active = IrqIndex.Kind.INTX;
      deliverLevel();
    }
  }

  private void unmaskIntx(IrqSet request) {
    checkEnabled(IrqIndex.Kind.INTX);
    if (request.dataType() == IrqSet.DATA_EVENTFD) {
      TriggerFd descriptor = request.triggers().getFirst();
      if (descriptor == null) {
        stopResampling();
        return;
      }
      if (resample != null) {
        descriptor.open().release();
        throw new ErrnoException(Errno.EBUSY, "INTx has an eventfd for unmasking already");
      }
      Resample begun = new Resample(descriptor.open(), this::unmask);
      resample = begun;
      try {
        begun.begin();
      } catch (RuntimeException refused) {
        stopResampling();
        throw refused;
      }
    } else if (request.selects(0)) {
      unmask();
    }
  }

  /** A signal that was on its way when the eventfd was let go of unmasks nothing any more. */
  private synchronized void unmask(Resample signalled) {
    if (resample == signalled) {
      unmask();
    }
  }

  private void unmask() {
    masked = false;
    deliverLevel();
  }

  /** Signals the pin if it is asserted and not masked, and masks it. */
  private void deliverLevel() {
    if (asserted && !masked && active == IrqIndex.Kind.INTX) {
      masked = true;
      var _ = vectors[indexOf(IrqIndex.Kind.INTX)].signal(0);
    }
  }

  private void setMessages(IrqSet request, IrqIndex.Kind kind) {
    IrqVectors messages = vectors[request.index()];
    if (request.action() != IrqSet.ACTION_TRIGGER) {
      throw IrqRules.notSupported(request, "masking messages");
    }
    if (request.disables()) {
      checkActive(kind, "disable");
      disable(request.index());
      return;
    }
    if (request.dataType() == IrqSet.DATA_EVENTFD) {
      checkActive(kind, "enable");
      int end = request.start() + request.count();
      boolean fixed = (indexes.get(request.index()).flags() & IrqIndex.NORESIZE) != 0;
      if (active == kind && end > messages.enabled() && fixed) {
        throw invalid(
            messages.enabled() + " vectors are enabled; disable the index to enable more");
      }
      List<@Nullable BoundTrigger> opened = openAll(request.triggers());
      // Clients enable MSI-X, of which vectors can be added, without any vector; MSI is enabled as
      // long as one is bound.
      boolean needsVector = kind == IrqIndex.Kind.MSI;
      if (active == null && needsVector && opened.stream().allMatch(Objects::isNull)) {
        return;
      }
      active = kind;
      messages.enable(Math.max(messages.enabled(), end));
      for (int i = 0; i < opened.size(); i++) {
        messages.bind(request.start() + i, opened.get(i));
      }
      if (needsVector && !messages.isAnyBound()) {
        disable(request.index());
      }
      return;
    }
    checkEnabled(kind);
    if (request.start() + request.count() > messages.enabled()) {
      throw invalid("only " + messages.enabled() + " vectors are enabled");
    }
    for (int i = 0; i < request.count(); i++) {
      if (request.selects(i)) {
        var _ = messages.signal(request.start() + i);
      }
    }
  }

  /** Opened before anything changes: if one is bad, all stay as they are. */
  private List<@Nullable BoundTrigger> openAll(List<@Nullable TriggerFd> descriptors) {
    List<@Nullable BoundTrigger> opened = new ArrayList<>(descriptors.size());
    try {
      for (TriggerFd descriptor : descriptors) {
        opened.add(open(descriptor));
      }
      return opened;
    } catch (RuntimeException refused) {
      opened.stream().filter(Objects::nonNull).forEach(BoundTrigger::release);
      throw refused;
    }
  }

  private @Nullable BoundTrigger open(@Nullable TriggerFd descriptor) {
    return descriptor == null ? null : binding.apply(descriptor.open());
  }

  private void setNotification(IrqSet request) {
    IrqVectors notification = vectors[request.index()];
    if (request.action() != IrqSet.ACTION_TRIGGER) {
      throw IrqRules.notSupported(request, "masking a notification");
    }
    if (request.disables()) {
      notification.clear();
    } else if (request.dataType() == IrqSet.DATA_EVENTFD) {
      notification.bind(0, open(request.triggers().getFirst()));
    } else if (!notification.isBound(0) && request.dataType() == IrqSet.DATA_NONE) {
      throw invalid("no eventfd is set to signal");
    } else if (request.selects(0)) {
      var _ = notification.signal(0);
    }
  }

  private void setTrigger(IrqSet request) {
    IrqVectors trigger = vectors[request.index()];
    if (request.dataType() == IrqSet.DATA_EVENTFD) {
      trigger.bind(0, open(request.triggers().getFirst()));
    } else if (request.selects(0)) {
      var _ = trigger.signal(0);
    }
  }

  private void disable(int index) {
    stopResampling();
    vectors[index].clear();
    active = null;
    masked = false;
  }

  private void stopResampling() {
    Resample ended = resample;
    resample = null;
    if (ended != null) {
      ended.end();
    }
  }

  private void checkActive(IrqIndex.Kind kind, String what) {
    if (active != null && active != kind) {
      throw invalid("can't " + what + " " + kind + " while " + active + " is enabled");
    }
  }

  private void checkEnabled(IrqIndex.Kind kind) {
    if (active != kind) {
      throw invalid(kind + " is not enabled");
    }
  }

  private int indexOf(IrqIndex.Kind kind) {
    for (int i = 0; i < indexes.size(); i++) {
      if (indexes.get(i).kind() == kind) {
        return i;
      }
    }
    throw new IllegalStateException("the device has no " + kind);
  }

  private static ErrnoException invalid(String why) {
    return new ErrnoException(Errno.EINVAL, why);
  }
}
