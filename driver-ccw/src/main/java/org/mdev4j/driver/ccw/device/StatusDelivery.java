package org.mdev4j.driver.ccw.device;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.mdev4j.css.Irb;
import org.mdev4j.css.Scsw;
import org.mdev4j.device.host.WorkQueue;
import org.mdev4j.driver.ccw.fsm.Action;
import org.mdev4j.driver.ccw.fsm.Event;
import org.mdev4j.driver.ccw.fsm.State;
import org.mdev4j.driver.ccw.fsm.StateMachine;
import org.mdev4j.vfio.model.DeviceContext;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The way of a status from the interrupt to the user ({@code spec/ccw.md} 2.6):
 *
 * <pre>
 *   interrupt --> statuses --work--> accept --> I/O region --> program freed --> signal
 * </pre>
 *
 * One status after the other, each with its signal as one step for the user's eventfd. A listener
 * of the user is called later and, as a program that waits for an eventfd, may find the next status
 * in the region. The status that ends the program makes the state IDLE and frees it, before the
 * signal.
 *
 * <h2>Thread safety</h2>
 *
 * Thread-safe. The css core holds the subchannel lock when it calls {@link #interrupt}; it guards
 * {@code ended}. The work takes the user's interrupts, the I/O lock, which it only tries to take,
 * and the subchannel lock, in this order; it signals with the I/O lock free. Methods that are
 * neither private nor final are steps that an interleaving test replaces.
 */
class StatusDelivery {
  private static final Logger log = LoggerFactory.getLogger(StatusDelivery.class);

  private final DeviceState device;
  private final WorkQueue queue;
  private final StateMachine machine;
  private final IoLock io;
  private final Queue<PendingStatus> statuses = new ConcurrentLinkedQueue<>();
  private boolean ended;
  private volatile boolean abandoned;

  /**
   * @param queue does the work
   */
  StatusDelivery(DeviceState device, WorkQueue queue) {
    this(device, queue, IoLock::new);
  }

  /**
   * @param lock makes the I/O lock, which calls what it is given whenever it was let go of
   */
  StatusDelivery(DeviceState device, WorkQueue queue, Function<Runnable, IoLock> lock) {
    this.device = device;
    this.queue = queue;
    machine = device.machine();
    io = lock.apply(this::submitIfDue);
  }

  /** The I/O lock of the device: a delivery that finds it taken follows when it is let go of. */
  final IoLock lock() {
    return io;
  }

  /** A program was started. Called under the subchannel lock. */
  final void started() {
    ended = false;
  }

  /** The subchannel has presented status. Called under the subchannel lock. */
  final void interrupt(Irb irb) {
    if (machine.dispatch(Event.INTERRUPT) == Action.DISABLED_INTERRUPT) {
      CcwDevice.silence(device.subchannel());
      return;
    }
    if (device.quiescer().takesInterrupt()) {
      return;
    }
    boolean pending = machine.state() == State.CP_PENDING;
    boolean solicited = PendingStatus.isSolicited(irb.scsw());
    // A halt just after the end has a final status of its own, which ends nothing.
    boolean ends = pending && solicited && !ended && PendingStatus.isFinal(irb.scsw());
    ended |= ends;
    statuses.add(new PendingStatus(irb, pending && solicited, ends));
    submitIfDue();
  }

  /** The device has broken. What that takes may have to wait, so it is left to the work. */
  final void abandon() {
    abandoned = true;
    submitIfDue();
  }

  /** What interrupts have brought and the user was not told, no user will be told. */
  final void forget() {
    statuses.clear();
  }

  /** Whether interrupts have brought what the user was not told yet. */
  final boolean isBehind() {
    return !statuses.isEmpty();
  }

  /** Hands over all that interrupts have brought, also if a request has to be waited for. */
  final void catchUp() {
    while (isBehind()) {
      if (!handOver()) {
        io.lock();
        io.unlock();
      }
    }
    // The work may have come and found the lock taken.
    submitIfDue();
  }

  /** Waits for the signal of a status that was handed over. */
  final void awaitSignal() {
    var _ = exclusively(() -> true);
  }

  private void submitIfDue() {
    if (isDue()) {
      queue.submit(this::work);
    }
  }

  private boolean isDue() {
    return abandoned || isBehind();
  }

  private void work() {
    boolean free = true;
    while (free && isDue()) {
      try {
        free = handOver();
      } catch (RuntimeException failure) {
        // The statuses behind it are signalled all the same.
        log.error("a status could not be handed over", failure);
      }
    }
  }

  /** One piece of the work; false if a request has the I/O lock. */
  private boolean handOver() {
    return exclusively(
        () -> {
          if (!io.tryLockForWork()) {
            return false;
          }
          takeLocked().run();
          return true;
        });
  }

  /** Does {@code step} while nothing else signals the user. */
  private boolean exclusively(BooleanSupplier step) {
    DeviceContext its = device.user();
    return its == null ? step.getAsBoolean() : its.interrupts().inOneStep(step);
  }

  /** Called with the I/O lock, which it releases; returns the signal. */
  private Runnable takeLocked() {
    try {
      if (abandoned) {
        abandoned = false;
        device.freeProgram();
      }
      PendingStatus next = statuses.poll();
      return next == null ? () -> {} : put(next);
    } finally {
      io.unlockAfterWork();
    }
  }

  /** Puts a status into the region, with the user's own addresses; what is returned signals. */
  private Runnable put(PendingStatus status) {
    if (!accept(status)) {
      return () -> {};
    }
    Scsw scsw = status.irb().scsw();
    int cpa = status.ofProgram() ? device.guestAddress(scsw.cpa()) : 0;
    device.area().store(status.irb().withoutAddressesBut(cpa));
    if (status.ends()) {
      device.freeProgram();
    }
    DeviceContext its = device.user();
    return its == null ? () -> {} : () -> its.interrupts().signal(CcwDevice.IO_IRQ, 0);
  }

  /**
   * Whether the device is still open for a status; if that ends the program it becomes IDLE. One
   * step, so a close comes before both or after both. No start can come between this and the
   * freeing of the program: the I/O lock is held.
   */
  boolean accept(PendingStatus status) {
    device.subchannel().lock().lock();
    try {
      State state = machine.state();
      if (status.ends()) {
        machine.becomeIf(State.CP_PENDING, State.IDLE);
      }
      return state != State.CLOSED;
    } finally {
      device.subchannel().lock().unlock();
    }
  }
}
