package org.mdev4j.driver.ccw.device;

import org.mdev4j.css.ConditionCode;
import org.mdev4j.css.Orb;
import org.mdev4j.css.Schib;
import org.mdev4j.css.Scsw;
import org.mdev4j.css.Subchannel;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.driver.ccw.fsm.Action;
import org.mdev4j.driver.ccw.fsm.Event;
import org.mdev4j.driver.ccw.fsm.State;
import org.mdev4j.driver.ccw.fsm.StateMachine;
import org.mdev4j.driver.ccw.program.ChannelProgram;
import org.mdev4j.vfio.model.DeviceContext;

/**
 * What a user asks of a subchannel ({@code spec/ccw.md} 2.4, 2.5): to start a channel program, to
 * halt or clear, to store the SCHIB.
 *
 * <p>A start makes the state CP_PROCESSING, translates the program, which may take as long as the
 * user's pages take to arrive, and starts it; the state becomes CP_PENDING. Its status comes by
 * {@link StatusDelivery}.
 *
 * <p>The I/O lock of the device is held for every start, halt and clear, so they come one at a
 * time. Methods that are neither private nor final are steps that an interleaving test replaces.
 */
class Requests {
  private final DeviceState device;
  private final StatusDelivery delivery;
  private final Subchannel subchannel;
  private final StateMachine machine;
  private final PrefetchWarning prefetchWarning;

  Requests(DeviceState device, StatusDelivery delivery) {
    this.device = device;
    this.delivery = delivery;
    subchannel = device.subchannel();
    machine = device.machine();
    prefetchWarning = new PrefetchWarning(subchannel.id(), device.host().clock());
  }

  final IoLock lock() {
    return delivery.lock();
  }

  /** What the I/O region holds. */
  final IoArea area() {
    return device.area();
  }

  /**
   * The SCHIB as it is now; the address of a channel program in it is the user's.
   *
   * @throws ErrnoException {@code ENODEV} if the subchannel is gone
   */
  final Schib schib() {
    lock().lock();
    try {
      Schib schib = device.refresh();
      Scsw scsw = schib.scsw();
      return schib.withScsw(scsw.withCpa(device.guestAddress(scsw.cpa())));
    } finally {
      lock().unlock();
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
  final void start() {
    switch (begin()) {
      case IO_REQUEST -> {}
      case IO_BUSY -> throw new ErrnoException(Errno.EBUSY, "a channel program is pending");
      case IO_RETRY -> throw new ErrnoException(Errno.EAGAIN, "a program is being prepared");
      default -> throw unusable();
    }
    try {
      Scsw request = area().scsw();
      if (request.has(Scsw.START)) {
        start(area().orb());
      } else if (request.has(Scsw.HALT | Scsw.CLEAR)) {
        throw new ErrnoException(Errno.EOPNOTSUPP, "halt and clear belong into the command region");
      }
    } catch (Throwable failure) {
      device.freeProgram();
      throw failure;
    } finally {
      device.whileLocked(this::endPreparation);
    }
  }

  /**
   * Does what the command region asks for. Called under the I/O lock.
   *
   * @throws ErrnoException {@code EIO} if the device is closed or broken, {@code EAGAIN} if a
   *     program is being prepared, {@code EINVAL} for an unknown command, {@code EBUSY}, {@code
   *     ENODEV} as the subchannel refuses
   */
  final void haltOrClear(int command) {
    device.whileLocked(
        () -> {
          if (device.quiescer().isActive()) {
            throw unusable();
          }
          switch (machine.dispatch(Event.ASYNC_REQ)) {
            case ASYNC_REQUEST -> issue(command);
            case ASYNC_RETRY ->
                throw new ErrnoException(Errno.EAGAIN, "a program is being prepared");
            default -> throw unusable();
          }
        });
  }

  /** Event IO_REQ, and the state that it leads to, in one step. */
  Action begin() {
    subchannel.lock().lock();
    try {
      Action action = machine.dispatch(Event.IO_REQ);
      if (action == Action.IO_REQUEST) {
        machine.become(State.CP_PROCESSING);
      }
      return action;
    } finally {
      subchannel.lock().unlock();
    }
  }

  /** Idle again, unless it was started, closed or broken. Called under the subchannel lock. */
  void endPreparation() {
    machine.becomeIf(State.CP_PROCESSING, State.IDLE);
  }

  private void start(Orb orb) {
    if (orb.has(Orb.TRANSPORT)) {
      throw new ErrnoException(Errno.EOPNOTSUPP, "programs of transport mode can't be translated");
    }
    DeviceContext its = device.user();
    if (its == null) {
      throw unusable();
    }
    if (!orb.has(Orb.PREFETCH)) {
      var _ = prefetchWarning.warn();
    }
    ChannelProgram translated = ChannelProgram.translate(orb, its.dma(), device.host().memory());
    device.program(translated);
    issue(translated, orb.lpm());
  }

  /** Starts the program, unless the device was closed or broken meanwhile, in one step. */
  void issue(ChannelProgram translated, int userPaths) {
    device.whileLocked(
        () -> {
          checkNotAborted();
          issue(translated.hostOrb(subchannel.id().word(), subchannel.lpm()), userPaths);
          delivery.started();
          machine.become(State.CP_PENDING);
        });
  }

  /** Called under the subchannel lock. */
  void checkNotAborted() {
    if (machine.state() != State.CP_PROCESSING || device.quiescer().isActive()) {
      throw new ErrnoException(
          Errno.ENODEV,
          "the start was aborted: the device is being closed, or is " + machine.state());
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
        var _ = device.refresh();
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

  private ErrnoException unusable() {
    return new ErrnoException(Errno.EIO, subchannel.id() + " is closed, or broken for good");
  }
}
