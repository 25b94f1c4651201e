package org.mdev4j.sim.css.channel;

import java.util.function.Supplier;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.Orb;
import org.mdev4j.css.Scsw;
import org.mdev4j.sim.css.HoldPoint;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One start function: interprets a channel program, CCW by CCW.
 *
 * <p>All of it runs on the subchannel's channel queue. It never blocks: where the program has to
 * wait (suspended, held by a test, a device that waits) it returns, and something submits the rest.
 * Between two CCWs, and within a data chain, it looks whether it was stopped; whoever stops it
 * (halt, clear, unplug) queues behind it, so after that no byte of memory is touched any more.
 *
 * <p>Every change of status goes through {@link SubchannelHardware}, which refuses it when this is
 * no longer its execution.
 */
final class Execution {
  private static final Logger log = LoggerFactory.getLogger(Execution.class);

  private final SubchannelHardware subchannel;
  private final CcwDevice device;
  private final ChannelMemory memory;
  private final Orb orb;
  private final Habits habits;
  private long next;
  private long at;
  private boolean first = true;
  private boolean chainAtDeviceEnd;
  private boolean presentedChannelEnd;
  private volatile boolean stopped;

  Execution(
      SubchannelHardware subchannel,
      CcwDevice device,
      ChannelMemory memory,
      Orb orb,
      Habits habits) {
    this.subchannel = subchannel;
    this.device = device;
    this.memory = memory;
    this.orb = orb;
    this.habits = habits;
    this.next = orb.cpa() & 0xFFFF_FFFFL;
  }

  Orb orb() {
    return orb;
  }

  ChannelMemory memory() {
    return memory;
  }

  Habits habits() {
    return habits;
  }

  boolean isStopped() {
    return stopped;
  }

  void stop() {
    stopped = true;
  }

  /** Whether a count that an immediate command leaves is incorrect length. */
  boolean reportsImmediateLength() {
    return habits.countsImmediate() && memory.format1() && !orb.has(Orb.LENGTH_SUPPRESSION);
  }

  /** Performs the start function: selects a path, then runs. */
  void begin() {
    if (subchannel.park(this, HoldPoint.START, this::begin)) {
      return;
    }
    if (subchannel.selectPath(this)) {
      device.begin();
      run();
    }
  }

  /** Goes on after RESUME SUBCHANNEL, with the CCW that suspended it. */
  void resumeProgram() {
    if (subchannel.leaveSuspension(this)) {
      run();
    }
  }

  /** Goes on with a command that waited; any thread. */
  void resume(Transfer transfer, Supplier<Outcome> rest) {
    subchannel.submit(
        () -> {
          if (!stopped && guarded(() -> finish(rest.get(), transfer))) {
            run();
          }
        });
  }

  private void run() {
    boolean goOn = true;
    while (goOn && !stopped) {
      goOn = guarded(this::fetchCommand);
    }
  }

  /** Runs a step; what it throws ends the program. True if the next command is to be executed. */
  private boolean guarded(Supplier<Boolean> step) {
    try {
      return step.get();
    } catch (ChannelCheck check) {
      log.debug("{}: check at CCW {}: {}", subchannel, at, check.getMessage());
      device.cancel();
      subchannel.endWithCheck(this, check.subchannelStatus(), at + Ccw.SIZE);
    } catch (Stopped stop) {
      log.debug("{}: {}", subchannel, stop.getMessage());
    } catch (RuntimeException broken) {
      log.error("{}: the device failed", subchannel, broken);
      device.cancel();
      subchannel.endWithCheck(this, SubchannelHardware.INTERFACE_CONTROL_CHECK, at + Ccw.SIZE);
    }
    return false;
  }

  private boolean fetchCommand() {
    Ccw ccw = fetch(false);
    if (ccw.has(Ccw.SUSPEND)) {
      subchannel.suspend(this, at + Ccw.SIZE);
      next = at;
      return false;
    }
    takeControl(ccw);
    if (subchannel.park(this, HoldPoint.COMMAND, () -> offerHeld(ccw))) {
      return false;
    }
    return offer(ccw);
  }

  private void offerHeld(Ccw ccw) {
    if (!stopped && guarded(() -> offer(ccw))) {
      run();
    }
  }

  private boolean offer(Ccw ccw) {
    Transfer transfer = new Transfer(this, ccw);
    return finish(device.execute(ccw.command(), transfer), transfer);
  }

  /** The CCW that goes on with the data of the one in control. */
  Ccw chainData() {
    next = at + Ccw.SIZE;
    Ccw ccw = fetch(true);
    takeControl(ccw);
    return ccw;
  }

  private void takeControl(Ccw ccw) {
    first = false;
    subchannel.takeControl(this, at + Ccw.SIZE, ccw.has(Ccw.PCI));
  }

  /** Fetches the next CCW that is no TIC. Afterwards {@code at} is where it, or the fault, is. */
  private Ccw fetch(boolean dataChaining) {
    boolean afterTic = false;
    while (true) {
      if (stopped) {
        throw new Stopped();
      }
      at = next;
      Ccw ccw = memory.fetch(at);
      if (!ccw.isTic(memory.format1())) {
        validate(ccw, dataChaining);
        return ccw;
      }
      if (first && !habits.takesTicFirst()) {
        throw ChannelMemory.programCheck("TIC at the begin");
      }
      if (afterTic) {
        throw ChannelMemory.programCheck("TIC after a TIC");
      }
      if (memory.format1() && (ccw.flags() | ccw.count()) != 0) {
        throw ChannelMemory.programCheck("TIC with flags or count: %s", ccw);
      }
      afterTic = true;
      next = ccw.address() & 0xFFFF_FFFFL;
    }
  }

  private void validate(Ccw ccw, boolean dataChaining) {
    boolean noCommand = (ccw.command() & 0xF) == 0 && !dataChaining;
    boolean brokenTic = (ccw.command() & 0xF) == Ccw.TIC;
    if (noCommand || brokenTic) {
      throw ChannelMemory.programCheck("invalid command: %s", ccw);
    }
    boolean mayBeEmpty = memory.format1() && !dataChaining && !habits.chainsData(ccw);
    if (ccw.count() == 0 && !mayBeEmpty) {
      throw ChannelMemory.programCheck("count 0: %s", ccw);
    }
    if (ccw.has(Ccw.SUSPEND) && (dataChaining || !orb.has(Orb.SUSPEND))) {
      throw ChannelMemory.programCheck("may not suspend: %s", ccw);
    }
    if (ccw.has(Ccw.MODIFIED_INDIRECT)) {
      throw ChannelMemory.programCheck("there are no MIDAWs here: %s", ccw);
    }
    memory.checkAddress(ccw);
  }

  /** Deals with the status that a device presents. True if the next command is to be executed. */
  private boolean finish(Outcome outcome, Transfer transfer) {
    if (!(outcome instanceof Outcome.Ended ended)) {
      return false;
    }
    int status = ended.status();
    if (chainAtDeviceEnd) {
      chainAtDeviceEnd = false;
      return chainOrEnd(status | Outcome.CHANNEL_END, 0, transfer);
    }
    if (presentedChannelEnd) {
      subchannel.presentDeviceEnd(this, status);
      return false;
    }
    boolean channelEnd = (status & Outcome.CHANNEL_END) != 0;
    int check = channelEnd && transfer.incorrectLength() ? Scsw.INCORRECT_LENGTH : 0;
    boolean goesOn = (status & ~(Outcome.CHANNEL_END | Outcome.STATUS_MODIFIER)) == 0;
    if (channelEnd && goesOn) {
      if (wantsChaining(transfer) && check == 0) {
        chainAtDeviceEnd = true;
      } else {
        presentedChannelEnd = true;
        subchannel.presentChannelEnd(this, status, check, transfer.residual(status));
      }
      return false;
    }
    return chainOrEnd(status, check, transfer);
  }

  private boolean chainOrEnd(int status, int check, Transfer transfer) {
    boolean good =
        (status & ~Outcome.STATUS_MODIFIER) == (Outcome.CHANNEL_END | Outcome.DEVICE_END);
    if (good && check == 0 && wantsChaining(transfer)) {
      boolean skips = (status & Outcome.STATUS_MODIFIER) != 0;
      next = at + (skips ? 2L : 1L) * Ccw.SIZE;
      return true;
    }
    subchannel.end(this, status, check, transfer.residual(status));
    return false;
  }

  private boolean wantsChaining(Transfer transfer) {
    return transfer.ccw().has(Ccw.CHAIN_COMMAND) && !habits.chainsData(transfer.ccw());
  }
}
