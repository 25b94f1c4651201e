package org.mdev4j.driver.ccw.device;

import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.driver.ccw.fsm.Action;
import org.mdev4j.driver.ccw.fsm.Event;
import org.mdev4j.driver.ccw.fsm.State;
import org.mdev4j.driver.ccw.fsm.StateMachine;
import org.mdev4j.driver.ccw.program.ChannelProgram;
import org.mdev4j.sim.css.ConditionCode;
import org.mdev4j.sim.css.Irb;
import org.mdev4j.sim.css.Orb;
import org.mdev4j.sim.css.Schib;
import org.mdev4j.sim.css.Scsw;
import org.mdev4j.sim.css.Subchannel;
import org.mdev4j.vfio.irq.Interrupts;
import org.mdev4j.vfio.model.DeviceContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the states of a device mean: the actions of its state machine ({@code spec/ccw.md} 2), done
 * to its subchannel on behalf of its user.
 *
 * <h2>The way of a channel program</h2>
 *
 * A write to the I/O region calls {@link #start}: the state becomes CP_PROCESSING, the program is
 * translated, which may take as long as the user's pages take to arrive, and started; the state
 * becomes CP_PENDING. {@link #interrupt} leaves each status to the {@link StatusDelivery}, which
 * {@linkplain #deliver has it put}, with the addresses in it the user's again, into the I/O region,
 * and signals. The status that ends the program makes the state IDLE and frees it, before the
 * signal.
 *
 * <h2>Thread safety</h2>
 *
 * Locks in the order in which they are taken:
 *
 * <ol>
 *   <li>the user's {@link Interrupts}: held by the {@link StatusDelivery} while it hands over a
 *       status, the signal included. A reset that is done waits for it, with no lock held;
 *   <li>{@code lifecycle}: opening, closing, reset and shutdown come one at a time, and each as a
 *       whole;
 *   <li>{@link #lock the I/O lock}: the region, the user, the program. Requests only try to take
 *       it; so does the work, which whoever releases the lock calls again if it is due;
 *   <li>the subchannel lock: the state, every instruction, {@code ended}. The css core holds it
 *       when it calls {@link #interrupt}. No user is signalled under it.
 * </ol>
 */
final class SubchannelIo {
  private static final Logger log = LoggerFactory.getLogger(SubchannelIo.class);

  private final Subchannel subchannel;
  private final HostServices host;
  private final StateMachine machine;
  private final Quiescer quiescer;
  private final PrefetchWarning prefetchWarning;
  private final StatusDelivery delivery;
  private final IoLock io;
  private final ReentrantLock lifecycle = new ReentrantLock();
  private final IoArea area = new IoArea();
  private boolean ended;
  private @Nullable ChannelProgram program;
  private volatile @Nullable DeviceContext user;

  SubchannelIo(Subchannel subchannel, HostServices host) {
    this.subchannel = subchannel;
    this.host = host;
    machine = new StateMachine(subchannel, host.tracing());
    quiescer = new Quiescer(subchannel, host.clock());
    prefetchWarning = new PrefetchWarning(subchannel.id(), host.clock());
    delivery = new StatusDelivery(host.work(), new ToUser());
    io = delivery.lock();
  }

  IoLock lock() {
    return io;
  }

  /** What the I/O region holds. */
  IoArea area() {
    return area;
  }

  /** Who has the device open now, or null. */
  @Nullable DeviceContext user() {
    return user;
  }

  /**
   * The first user has come: enables the subchannel.
   *
   * @throws ErrnoException {@code EINVAL} if the device is broken, or breaks by this
   */
  void open(DeviceContext context) {
    lifecycle.lock();
    try {
      checkNotBroken();
      user = context;
      enable();
      checkNotBroken();
    } catch (ErrnoException refusal) {
      user = null;
      throw refusal;
    } finally {
      lifecycle.unlock();
    }
  }

  /** The last user has gone: brings the subchannel to rest and disables it. */
  void close() {
    lifecycle.lock();
    try {
      quiesce();
      io.lock();
      try {
        free();
        user = null;
      } finally {
        io.unlock();
      }
    } finally {
      lifecycle.unlock();
    }
  }

  /**
   * Closes and opens, as one step for everybody else: a request that is being made, or comes
   * meanwhile, is refused and starts nothing, and of an earlier program no status and no signal
   * comes any more.
   *
   * @throws ErrnoException {@code EINVAL} if the device is broken, or breaks by this
   */
  void reset() {
    restart();
    // The signal of an earlier status may be under way.
    var _ =
        exclusively(
            () -> {
              checkNotBroken();
              return true;
            });
  }

  private void restart() {
    lifecycle.lock();
    try {
      // If a request has the lock, closing makes it fail; waiting for it first would have it start.
      boolean locked = io.tryLock();
      try {
        quiesce();
        if (!locked) {
          io.lock();
          locked = true;
        }
        free();
        enable();
      } finally {
        if (locked) {
          io.unlock();
        }
      }
    } finally {
      lifecycle.unlock();
    }
  }

  /**
   * The machine goes down: closes, and breaks. Waits for no request: if a close or a reset does, it
   * has quiesced. An open that is under way fails.
   */
  void shutdown() {
    if (!lifecycle.tryLock()) {
      breakDown();
      return;
    }
    try {
      quiesce();
      breakDown();
    } finally {
      lifecycle.unlock();
    }
  }

  /** Looks whether the subchannel is still there; if not, the device breaks. */
  void checkPresence() {
    subchannel.lock().lock();
    try {
      var _ = subchannel.refresh();
    } catch (ErrnoException gone) {
      log.info("{}: {}", subchannel.id(), gone.summary());
      breakDown();
    } finally {
      subchannel.lock().unlock();
    }
  }

  /**
   * The user takes memory back: a program that works on it is aborted, by a reset. One that has
   * ended is not: its status is handed over first.
   */
  void unmapped(long iova, long size) {
    boolean current = false;
    boolean hit = false;
    while (!current) {
      delivery.catchUp();
      io.lock();
      try {
        current = !delivery.isBehind();
        hit = program != null && program.touches(iova, size);
      } finally {
        io.unlock();
      }
    }
    if (hit) {
      restart();
    }
  }

  /**
   * The SCHIB as it is now; the address of a channel program in it is the user's.
   *
   * @throws ErrnoException {@code ENODEV} if the subchannel is gone
   */
  Schib schib() {
    io.lock();
    try {
      Schib schib = refresh();
      Scsw scsw = schib.scsw();
      return schib.withScsw(scsw.withCpa(guestAddress(scsw.cpa())));
    } finally {
      io.unlock();
    }
  }

  /**
   * Does what the I/O region asks for. Called under the I/O lock.
   *
   * @throws ErrnoException {@code EIO} if the device is closed or broken, {@code EBUSY} if a
   *     program is pending, {@code EAGAIN} if one is being prepared; {@code EOPNOTSUPP} for what is
   *     no start in command mode; what {@link ChannelProgram#translate} throws; {@code EBUSY},
   *     {@code EACCES}, {@code ENODEV}, {@code EIO} as the subchannel refuses
   */
  void start() {
    switch (begin(Event.IO_REQ)) {
      case IO_REQUEST -> {}
      case IO_BUSY -> throw new ErrnoException(Errno.EBUSY, "a channel program is pending");
      case IO_RETRY -> throw new ErrnoException(Errno.EAGAIN, "a program is being prepared");
      default -> throw unusable();
    }
    try {
      Scsw request = area.scsw();
      if (request.has(Scsw.START)) {
        start(area.orb());
      } else if (request.has(Scsw.HALT | Scsw.CLEAR)) {
        throw new ErrnoException(Errno.EOPNOTSUPP, "halt and clear belong into the command region");
      }
    } catch (Throwable failure) {
      free();
      throw failure;
    } finally {
      // Unless it was started, or closed or broken meanwhile.
      whileLocked(() -> machine.becomeIf(State.CP_PROCESSING, State.IDLE));
    }
  }

  /**
   * Does what the command region asks for. Called under the I/O lock.
   *
   * @throws ErrnoException {@code EIO} if the device is closed or broken, {@code EAGAIN} if a
   *     program is being prepared, {@code EINVAL} for an unknown command, {@code EBUSY}, {@code
   *     ENODEV} as the subchannel refuses
   */
  void haltOrClear(int command) {
    subchannel.lock().lock();
    try {
      if (quiescer.isActive()) {
        throw unusable();
      }
      switch (machine.dispatch(Event.ASYNC_REQ)) {
        case ASYNC_REQUEST -> issue(command);
        case ASYNC_RETRY -> throw new ErrnoException(Errno.EAGAIN, "a program is being prepared");
        default -> throw unusable();
      }
    } finally {
      subchannel.lock().unlock();
    }
  }

  /** The subchannel has presented status. Called under the subchannel lock. */
  void interrupt(Irb irb) {
    if (machine.dispatch(Event.INTERRUPT) == Action.DISABLED_INTERRUPT) {
      CcwDevice.silence(subchannel);
      return;
    }
    if (quiescer.takesInterrupt()) {
      return;
    }
    boolean pending = machine.state() == State.CP_PENDING;
    boolean solicited = PendingStatus.isSolicited(irb.scsw());
    // A halt just after the end has a final status of its own, which ends nothing.
    boolean ends = pending && solicited && !ended && PendingStatus.isFinal(irb.scsw());
    ended |= ends;
    delivery.add(new PendingStatus(irb, pending && solicited, ends));
  }

  private void enable() {
    whileLocked(
        () -> {
          switch (machine.dispatch(Event.OPEN)) {
            case OPEN -> {
              try {
                subchannel.enable(subchannel.id().word());
                subchannel.lpm(subchannel.schib().pmcw().pam() & subchannel.opm());
                machine.become(State.IDLE);
              } catch (ErrnoException refusal) {
                log.warn("{}: can't be enabled: {}", subchannel.id(), refusal.summary());
                breakDown();
              }
            }
            case BREAK -> breakNow();
            default -> {}
          }
        });
  }

  /** Event CLOSE. What interrupts have brought, also while this went on, nobody will see. */
  private void quiesce() {
    whileLocked(
        () -> {
          if (machine.dispatch(Event.CLOSE) == Action.CLOSE) {
            try {
              quiescer.disable();
              // It may have broken while an interrupt was waited for.
              if (machine.state() != State.BROKEN) {
                machine.become(State.CLOSED);
              }
            } catch (ErrnoException refusal) {
              log.warn("{}: can't be quiesced: {}", subchannel.id(), refusal.summary());
              breakDown();
            }
          }
          delivery.forget();
        });
  }

  private void breakDown() {
    whileLocked(
        () -> {
          if (machine.dispatch(Event.BROKEN) == Action.BREAK) {
            breakNow();
          }
        });
  }

  /** Freeing the program may have to wait, so it is left to the work. */
  private void breakNow() {
    machine.become(State.BROKEN);
    subchannel.scheduleUnregister();
    quiescer.endWait();
    delivery.abandon();
  }

  private Action begin(Event request) {
    subchannel.lock().lock();
    try {
      Action action = machine.dispatch(request);
      if (action == Action.IO_REQUEST) {
        machine.become(State.CP_PROCESSING);
      }
      return action;
    } finally {
      subchannel.lock().unlock();
    }
  }

  private void start(Orb orb) {
    if (orb.has(Orb.TRANSPORT)) {
      throw new ErrnoException(Errno.EOPNOTSUPP, "programs of transport mode can't be translated");
    }
    DeviceContext its = user;
    if (its == null) {
      throw unusable();
    }
    if (!orb.has(Orb.PREFETCH)) {
      var _ = prefetchWarning.warn();
    }
    ChannelProgram translated = ChannelProgram.translate(orb, its.dma(), host.memory());
    program = translated;
    subchannel.lock().lock();
    try {
      if (machine.state() != State.CP_PROCESSING || quiescer.isActive()) {
        throw new ErrnoException(
            Errno.ENODEV,
            "the start was aborted: the device is being closed, or is " + machine.state());
      }
      issue(translated.hostOrb(subchannel.id().word(), subchannel.lpm()), orb.lpm());
      ended = false;
      machine.become(State.CP_PENDING);
    } finally {
      subchannel.lock().unlock();
    }
  }

  private void issue(Orb orb, int userPaths) {
    switch (subchannel.ssch(orb)) {
      case CC0 -> {}
      case CC1, CC2 ->
          throw new ErrnoException(
              Errno.EBUSY, subchannel.id() + " is busy, or has status pending");
      case CC3 -> {
        subchannel.lpm(userPaths == 0 ? 0 : subchannel.lpm() & ~userPaths);
        var _ = refresh();
        throw new ErrnoException(
            subchannel.lpm() == 0 ? Errno.ENODEV : Errno.EACCES,
            String.format(
                "%s is not operational; paths left: %02x", subchannel.id(), subchannel.lpm()));
      }
    }
  }

  private void issue(int command) {
    ConditionCode cc =
        switch (command) {
          case 1 -> subchannel.hsch();
          case 2 -> subchannel.csch();
          default ->
              throw new ErrnoException(
                  Errno.EINVAL, "there is no command " + Integer.toUnsignedString(command));
        };
    switch (cc) {
      case CC0 -> {}
      case CC1, CC2 ->
          throw new ErrnoException(
              command == 1 ? Errno.EBUSY : Errno.EIO,
              subchannel.id() + " has status pending, or is halted or cleared already");
      case CC3 -> throw new ErrnoException(Errno.ENODEV, subchannel.id() + " is not operational");
    }
  }

  private Schib refresh() {
    subchannel.lock().lock();
    try {
      return subchannel.refresh();
    } catch (ErrnoException gone) {
      throw new ErrnoException(Errno.ENODEV, subchannel.id() + " is gone", gone);
    } finally {
      subchannel.lock().unlock();
    }
  }

  /**
   * Puts a status into the region; what is returned tells the user, once the I/O lock is free
   * again. After a close nobody sees it any more.
   */
  private Runnable deliver(PendingStatus status) {
    if (!accept(status)) {
      return () -> {};
    }
    Scsw scsw = status.irb().scsw();
    int cpa = status.ofProgram() ? guestAddress(scsw.cpa()) : 0;
    area.store(status.irb().withoutAddressesBut(cpa));
    if (status.ends()) {
      free();
    }
    DeviceContext its = user;
    return its == null ? () -> {} : () -> its.interrupts().signal(CcwDevice.IO_IRQ, 0);
  }

  /**
   * Whether the device is still open for a status; if that ends the program it becomes IDLE. One
   * step, so a close comes before both or after both. No start can come between this and the
   * freeing of the program: the I/O lock is held.
   */
  private boolean accept(PendingStatus status) {
    subchannel.lock().lock();
    try {
      State state = machine.state();
      if (status.ends()) {
        machine.becomeIf(State.CP_PENDING, State.IDLE);
      }
      return state != State.CLOSED;
    } finally {
      subchannel.lock().unlock();
    }
  }

  private int guestAddress(int cpa) {
    return program == null ? 0 : program.guestAddress(cpa);
  }

  private void free() {
    ChannelProgram freed = program;
    program = null;
    if (freed != null) {
      freed.close();
    }
  }

  private void checkNotBroken() {
    whileLocked(
        () -> {
          if (machine.state() == State.BROKEN) {
            throw new ErrnoException(Errno.EINVAL, subchannel.id() + " is broken");
          }
        });
  }

  private ErrnoException unusable() {
    return new ErrnoException(Errno.EIO, subchannel.id() + " is closed, or broken for good");
  }

  private void whileLocked(Runnable step) {
    subchannel.lock().lock();
    try {
      step.run();
    } finally {
      subchannel.lock().unlock();
    }
  }

  private boolean exclusively(BooleanSupplier step) {
    DeviceContext its = user;
    return its == null ? step.getAsBoolean() : its.interrupts().inOneStep(step);
  }

  private final class ToUser implements StatusDelivery.Recipient {
    @Override
    public boolean exclusively(BooleanSupplier step) {
      return SubchannelIo.this.exclusively(step);
    }

    @Override
    public Runnable take(PendingStatus status) {
      return deliver(status);
    }

    @Override
    public void abandon() {
      free();
    }
  }
}
