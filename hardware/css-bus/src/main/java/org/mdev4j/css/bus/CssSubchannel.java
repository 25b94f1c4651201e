package org.mdev4j.css.bus;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.mdev4j.css.ConditionCode;
import org.mdev4j.css.CssDriver;
import org.mdev4j.css.Orb;
import org.mdev4j.css.PathEvent;
import org.mdev4j.css.Pmcw;
import org.mdev4j.css.Schib;
import org.mdev4j.css.Subchannel;
import org.mdev4j.css.SubchannelId;
import org.mdev4j.css.TestedStatus;
import org.mdev4j.css.hardware.HardwareSubchannel;
import org.mdev4j.device.Device;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A subchannel on the bus.
 *
 * <h2>Thread safety</h2>
 *
 * The subchannel lock guards the cached SCHIB, the masks, what is wished for, and {@code driver} as
 * far as callbacks go: they find it and run under the lock, so none runs after it was cleared. No
 * lock of the driver core is taken under it. {@code todo} is guarded by the monitor, a leaf.
 */
final class CssSubchannel implements Subchannel {
  private static final Logger log = LoggerFactory.getLogger(CssSubchannel.class);

  /** The interruption subclass of I/O subchannels. */
  static final int IO_ISC = 3;

  private static final int ATTEMPTS = 5;

  /** What is to be done later; a higher one replaces a lower one. */
  private enum Todo {
    NOTHING,
    EVALUATE,
    UNREGISTER
  }

  private final HardwareSubchannel hardware;
  private final Lane lane;
  private final CssCore core;
  private final SubchannelLock lock;
  private final OverrideName override = new OverrideName();
  private Schib schib;
  private int lpm;
  private int opm;
  private int vpm;
  private boolean concurrentSense;
  private @Nullable CssDriver driver;
  private final CompletableFuture<Device> device = new CompletableFuture<>();
  private volatile boolean registered = true;
  private Todo todo = Todo.NOTHING;

  CssSubchannel(CssCore core, HardwareSubchannel hardware, Lane lane, Schib schib) {
    this.core = core;
    this.hardware = hardware;
    this.lane = lane;
    this.schib = schib;
    Runnable onRelease = hardware.performsAtOnce() ? this::takeInterrupt : () -> {};
    lock = new SubchannelLock(onRelease);
  }

  HardwareSubchannel hardware() {
    return hardware;
  }

  Lane lane() {
    return lane;
  }

  OverrideName override() {
    return override;
  }

  @Override
  public SubchannelId id() {
    return hardware.id();
  }

  @Override
  public int type() {
    return schib.pmcw().type();
  }

  @Override
  public Device device() {
    Device added = device.getNow(null);
    return Objects.requireNonNull(added, () -> id() + " is not in the tree yet");
  }

  /** It is in the tree now. */
  void device(Device added) {
    device.complete(added);
  }

  /** Its device, once it is in the tree: something may happen to it while it is being added. */
  Device awaitDevice() {
    return device.join();
  }

  @Override
  public ReentrantLock lock() {
    return lock;
  }

  @Override
  public @Nullable Schib stsch() {
    return hardware.stsch();
  }

  @Override
  public ConditionCode msch(Pmcw pmcw) {
    return hardware.msch(pmcw);
  }

  @Override
  public ConditionCode ssch(Orb orb) {
    return hardware.ssch(orb);
  }

  @Override
  public ConditionCode rsch() {
    return hardware.rsch();
  }

  @Override
  public ConditionCode hsch() {
    return hardware.hsch();
  }

  @Override
  public ConditionCode csch() {
    return hardware.csch();
  }

  @Override
  public ConditionCode xsch() {
    return hardware.xsch();
  }

  @Override
  public TestedStatus tsch() {
    return hardware.tsch();
  }

  @Override
  public Schib schib() {
    return schib;
  }

  @Override
  public Schib refresh() {
    Schib stored = hardware.stsch();
    if (stored == null) {
      throw new ErrnoException(Errno.ENODEV, id() + " is gone");
    }
    if (!stored.pmcw().has(Pmcw.VALID)) {
      throw new ErrnoException(Errno.EACCES, id() + " has no device");
    }
    schib = stored;
    return stored;
  }

  @Override
  public void enable(int intparm) {
    try {
      commit(true, intparm);
    } catch (ErrnoException refusal) {
      if (refusal.errno() != Errno.EIO) {
        throw refusal;
      }
      concurrentSense = false;
      commit(true, intparm);
    }
  }

  @Override
  public void disable() {
    commit(false, schib.pmcw().intparm());
  }

  private void commit(boolean enabled, int intparm) {
    Errno last = Errno.EAGAIN;
    for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
      Pmcw wanted =
          refreshOrNoDevice()
              .pmcw()
              .withEnabled(enabled, IO_ISC, intparm)
              .withConcurrentSense(concurrentSense);
      switch (hardware.msch(wanted)) {
        case CC0 -> {
          Pmcw now = refreshOrNoDevice().pmcw();
          if (now.flags() == wanted.flags() && now.intparm() == wanted.intparm()) {
            return;
          }
          last = Errno.EAGAIN;
        }
        case CC1 -> {
          // Status that nobody will ask for.
          last = Errno.EBUSY;
          if (hardware.tsch().cc() != ConditionCode.CC0) {
            throw new ErrnoException(Errno.EBUSY, id() + " keeps its status");
          }
        }
        case CC2 -> last = Errno.EBUSY;
        case CC3 -> throw new ErrnoException(Errno.ENODEV, id() + " is gone");
      }
    }
    throw new ErrnoException(last, id() + " can't be " + (enabled ? "enabled" : "disabled"));
  }

  private Schib refreshOrNoDevice() {
    try {
      return refresh();
    } catch (ErrnoException refusal) {
      throw new ErrnoException(Errno.ENODEV, id() + " is gone", refusal);
    }
  }

  @Override
  public int lpm() {
    return lpm;
  }

  @Override
  public void lpm(int mask) {
    lpm = mask;
  }

  @Override
  public int opm() {
    return opm;
  }

  @Override
  public void opm(int mask) {
    opm = mask;
  }

  /** Paths that were found to work. */
  int vpm() {
    return vpm;
  }

  void vpm(int mask) {
    vpm = mask;
  }

  @Override
  public boolean isRegistered() {
    return registered;
  }

  void unregistered() {
    registered = false;
  }

  @Override
  public synchronized boolean isScheduled() {
    return todo != Todo.NOTHING;
  }

  @Override
  public void scheduleEvaluation() {
    schedule(Todo.EVALUATE);
  }

  @Override
  public void scheduleUnregister() {
    schedule(Todo.UNREGISTER);
  }

  private void schedule(Todo wanted) {
    synchronized (this) {
      if (todo.compareTo(wanted) >= 0 || !registered) {
        return;
      }
      todo = wanted;
    }
    lane.todo().submit(this::doTodo);
  }

  private void doTodo() {
    Todo now;
    synchronized (this) {
      now = todo;
      todo = Todo.NOTHING;
    }
    switch (now) {
      case NOTHING -> {}
      case EVALUATE -> core.evaluate(this);
      case UNREGISTER -> core.unregister(this);
    }
  }

  /** Has a new driver: brings the masks up to date. Called before its probe. */
  void bind(CssDriver bound, int notVariedOff) {
    lock.lock();
    try {
      Schib stored = hardware.stsch();
      if (stored != null) {
        schib = stored;
      }
      opm = notVariedOff;
      lpm = schib.pmcw().pam() & opm;
      concurrentSense = true;
      driver = bound;
    } finally {
      lock.unlock();
    }
  }

  /** Has no driver any more; when this returns none of its callbacks under the lock runs. */
  void unbind() {
    lock.lock();
    try {
      driver = null;
    } finally {
      lock.unlock();
    }
  }

  @Nullable CssDriver driver() {
    lock.lock();
    try {
      return driver;
    } finally {
      lock.unlock();
    }
  }

  /** Takes an interrupt that came while the lock was held. */
  private void takeInterrupt() {
    if (hardware.hasPending()) {
      deliverInterrupt();
    }
  }

  /** Takes the status that is pending, if any is, and hands it to the driver. */
  void deliverInterrupt() {
    lock.lock();
    try {
      Schib before = hardware.stsch();
      TestedStatus tested = hardware.tsch();
      if (tested.cc() != ConditionCode.CC0 || before == null) {
        return;
      }
      schib = before;
      CssDriver taker = driver;
      if (taker == null || before.pmcw().intparm() == 0) {
        log.debug("{}: nobody takes {}", id(), tested.irb());
        return;
      }
      taker.interrupt(this, tested.irb());
    } finally {
      lock.unlockQuietly();
    }
  }

  /** Tells the driver what happened to a path. */
  void deliverPathEvent(int chpid, PathEvent event) {
    lock.lock();
    try {
      CssDriver taker = driver;
      if (taker != null) {
        taker.pathEvent(this, chpid, event);
      }
    } catch (ErrnoException gone) {
      log.debug("{}: {} of path {}: {}", id(), event, chpid, gone.summary());
      if (event == PathEvent.OFFLINE) {
        lpm = 0;
        scheduleEvaluation();
      }
    } finally {
      lock.unlock();
    }
  }

  @Override
  public String toString() {
    return "subchannel " + id();
  }
}
