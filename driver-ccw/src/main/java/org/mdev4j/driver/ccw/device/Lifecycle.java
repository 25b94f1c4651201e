package org.mdev4j.driver.ccw.device;

import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantLock;
import org.mdev4j.css.Subchannel;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.driver.ccw.fsm.Action;
import org.mdev4j.driver.ccw.fsm.Event;
import org.mdev4j.driver.ccw.fsm.State;
import org.mdev4j.driver.ccw.fsm.StateMachine;
import org.mdev4j.vfio.model.DeviceContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How a device is opened, closed and reset, and how it breaks ({@code spec/ccw.md} 2.7): the
 * subchannel is enabled while a user has the device open, and brought to rest before the user's
 * memory is let go of.
 *
 * <h2>Thread safety</h2>
 *
 * Opening, closing and reset take turns, each as a whole: {@code turn}, taken before the I/O lock
 * and the subchannel lock. A shutdown and the loss of the subchannel wait neither for a turn nor
 * for a request; each is one step under the subchannel lock. Methods that are neither private nor
 * final are steps that an interleaving test replaces.
 */
class Lifecycle {
  private static final Logger log = LoggerFactory.getLogger(Lifecycle.class);

  private final DeviceState device;
  private final StatusDelivery delivery;
  private final Subchannel subchannel;
  private final StateMachine machine;
  private final Lock turn;

  Lifecycle(DeviceState device, StatusDelivery delivery) {
    this(device, delivery, new ReentrantLock());
  }

  /**
   * @param turn has opening, closing and reset come one at a time
   */
  Lifecycle(DeviceState device, StatusDelivery delivery, Lock turn) {
    this.device = device;
    this.delivery = delivery;
    this.turn = turn;
    subchannel = device.subchannel();
    machine = device.machine();
  }

  /**
   * The first user has come: enables the subchannel.
   *
   * @throws ErrnoException {@code EINVAL} if the device is broken, or breaks by this
   */
  final void open(DeviceContext context) {
    turn.lock();
    try {
      checkNotBroken();
      device.user(context);
      enable();
      checkNotBroken();
    } catch (ErrnoException refusal) {
      device.user(null);
      throw refusal;
    } finally {
      turn.unlock();
    }
  }

  /** The last user has gone: brings the subchannel to rest and disables it. */
  final void close() {
    turn.lock();
    try {
      quiesce();
      letGo();
    } finally {
      turn.unlock();
    }
  }

  /**
   * Closes and opens, as one step for everybody else: a request that is being made, or comes
   * meanwhile, is refused and starts nothing, and of an earlier program no status and no signal
   * comes any more.
   *
   * @throws ErrnoException {@code EINVAL} if the device is broken, or breaks by this
   */
  final void reset() {
    restart();
    delivery.awaitSignal();
    checkNotBroken();
  }

  /**
   * The machine goes down: closes, and breaks. Waits for no request; an open that is under way
   * fails.
   */
  void shutdown() {
    device.whileLocked(
        () -> {
          quiesce();
          breakDown();
        });
  }

  /** Looks whether the subchannel is still there; if not, the device breaks. */
  final void checkPresence() {
    device.whileLocked(
        () -> {
          try {
            var _ = subchannel.refresh();
          } catch (ErrnoException gone) {
            log.info("{}: {}", subchannel.id(), gone.summary());
            breakDown();
          }
        });
  }

  /**
   * The user takes memory back: a program that works on it is aborted, by a reset. One that has
   * ended is not: its status is handed over first.
   */
  final void unmapped(long iova, long size) {
    boolean current = false;
    boolean hit = false;
    while (!current) {
      catchUp();
      delivery.lock().lock();
      try {
        current = isCurrent();
        hit = device.pinsIn(iova, size);
      } finally {
        delivery.lock().unlock();
      }
    }
    if (hit) {
      restart();
    }
  }

  /** Hands over what interrupts have brought. */
  void catchUp() {
    delivery.catchUp();
  }

  /** Whether the user was told all that interrupts have brought. Called under the I/O lock. */
  boolean isCurrent() {
    return !delivery.isBehind();
  }

  /** Whether a user has the device open; it stays so during a turn. */
  boolean isOpen() {
    return device.user() != null;
  }

  private void restart() {
    turn.lock();
    try {
      // Memory may be unmapped while its user closes the device, and only the close may win.
      if (isOpen()) {
        closeAndOpen();
      }
    } finally {
      turn.unlock();
    }
  }

  private void closeAndOpen() {
    // If a request has the lock, closing makes it fail; waiting for it first would have it start.
    boolean locked = delivery.lock().tryLock();
    try {
      quiesce();
      if (!locked) {
        delivery.lock().lock();
        locked = true;
      }
      device.freeProgram();
      enable();
    } finally {
      if (locked) {
        delivery.lock().unlock();
      }
    }
  }

  /** Frees what is left of the user's program, and forgets the user. */
  void letGo() {
    delivery.lock().lock();
    try {
      device.freeProgram();
      device.user(null);
    } finally {
      delivery.lock().unlock();
    }
  }

  /** Event OPEN, and the state that it leads to, in one step. */
  void enable() {
    device.whileLocked(
        () -> {
          switch (machine.dispatch(Event.OPEN)) {
            case OPEN -> enableNow();
            case BREAK -> breakNow();
            default -> {}
          }
        });
  }

  /** Called under the subchannel lock. */
  final void enableNow() {
    try {
      subchannel.enable(subchannel.id().word());
      subchannel.lpm(subchannel.schib().pmcw().pam() & subchannel.opm());
      machine.become(State.IDLE);
    } catch (ErrnoException refusal) {
      log.warn("{}: can't be enabled: {}", subchannel.id(), refusal.summary());
      breakDown();
    }
  }

  /** Event CLOSE. What interrupts have brought, also while this went on, no user will see. */
  void quiesce() {
    device.whileLocked(
        () -> {
          stop();
          delivery.forget();
        });
  }

  /** Brings the subchannel to rest and disables it. Called under the subchannel lock. */
  final void stop() {
    device.quiescer().awaitOther();
    if (machine.dispatch(Event.CLOSE) != Action.CLOSE) {
      return;
    }
    try {
      device.quiescer().disable();
      // It may have broken while an interrupt was waited for.
      if (machine.state() != State.BROKEN) {
        machine.become(State.CLOSED);
      }
    } catch (ErrnoException refusal) {
      log.warn("{}: can't be quiesced: {}", subchannel.id(), refusal.summary());
      breakDown();
    }
  }

  /** Event BROKEN, and the state that it leads to, in one step. */
  void breakDown() {
    device.whileLocked(
        () -> {
          if (machine.dispatch(Event.BROKEN) == Action.BREAK) {
            breakNow();
          }
        });
  }

  /**
   * Called under the subchannel lock. Freeing the program may have to wait, so it is left to the
   * work.
   */
  final void breakNow() {
    machine.become(State.BROKEN);
    subchannel.scheduleUnregister();
    device.quiescer().endWait();
    delivery.abandon();
  }

  private void checkNotBroken() {
    device.whileLocked(
        () -> {
          if (machine.state() == State.BROKEN) {
            throw new ErrnoException(Errno.EINVAL, subchannel.id() + " is broken");
          }
        });
  }
}
