package org.mdev4j.sim.css.channel;

import static org.mdev4j.css.ConditionCode.CC0;
import static org.mdev4j.css.ConditionCode.CC1;
import static org.mdev4j.css.ConditionCode.CC2;
import static org.mdev4j.css.ConditionCode.CC3;
import static org.mdev4j.css.Scsw.ALERT;
import static org.mdev4j.css.Scsw.CLEAR;
import static org.mdev4j.css.Scsw.DEVICE_ACTIVE;
import static org.mdev4j.css.Scsw.FUNCTIONS;
import static org.mdev4j.css.Scsw.HALT;
import static org.mdev4j.css.Scsw.RESUME_PENDING;
import static org.mdev4j.css.Scsw.SUSPENDED;

import org.jspecify.annotations.Nullable;
import org.mdev4j.css.ConditionCode;
import org.mdev4j.css.Irb;
import org.mdev4j.css.Orb;
import org.mdev4j.css.Pmcw;
import org.mdev4j.css.Schib;
import org.mdev4j.css.Scsw;
import org.mdev4j.css.SubchannelId;
import org.mdev4j.css.TestedStatus;
import org.mdev4j.css.hardware.HardwareSubchannel;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.HostMemory;
import org.mdev4j.device.host.WorkQueue;
import org.mdev4j.sim.css.HoldPoint;

/**
 * A subchannel as hardware: the instructions on it, and the functions in progress. What the
 * condition codes mean is told in {@link org.mdev4j.css.Subchannel}; how it stores its status in
 * {@link SubchannelStatus}.
 *
 * <pre>
 *            SSCH               path selected                end of program
 *   idle ----------> START_PEND -------------> SUBCH+DEV ----------------> status pending --TSCH--> idle
 *                      |    \                  ACTIVE |  ^ RSCH                  ^
 *                      |     \ no path, busy    S flag v  |                       |
 *                      |      +--------------> SUSPENDED --+                      |
 *                      |  (deferred cc, ALERT)    |                               |
 *                      +--------- HSCH, CSCH -----+-----> HALT/CLEAR_PEND --------+
 * </pre>
 *
 * <h2>Thread safety</h2>
 *
 * The monitor guards all fields and makes each instruction one step; it is a leaf, no device and no
 * listener is called under it. Functions are performed on the channel queue, one after the other;
 * an instruction submits its function before it changes anything, so one for which the host lends
 * no thread fails and leaves the subchannel as it was. An {@link Execution} whose function was
 * replaced finds that {@code execution} is another one.
 */
public final class SubchannelHardware implements HardwareSubchannel {
  static final int INTERFACE_CONTROL_CHECK = 0x02;

  private static final byte[] NO_SENSE = {};

  private final SubchannelId id;
  private final @Nullable CcwDevice device;
  private final HostMemory memory;
  private final Habits habits;
  private final WorkQueue queue;
  private final Runnable interrupt;
  private final Parking parking = new Parking();
  private final SubchannelStatus status;

  private boolean provided = true;
  private @Nullable Execution execution;
  private @Nullable Execution lingering;
  private long functions;

  /**
   * @param pmcw what it looks like at power on
   * @param device the device behind it, or null
   * @param queue performs its functions
   * @param interrupt told whenever status became pending; called without any lock, by any thread
   */
  public SubchannelHardware(
      SubchannelId id,
      Pmcw pmcw,
      @Nullable CcwDevice device,
      HostMemory memory,
      Habits habits,
      WorkQueue queue,
      Runnable interrupt) {
    this.id = id;
    this.device = device;
    this.memory = memory;
    this.habits = habits;
    this.queue = queue;
    this.interrupt = interrupt;
    status = new SubchannelStatus(habits, pmcw);
    if (device != null) {
      device.attach(this::unsolicited);
    }
  }

  @Override
  public SubchannelId id() {
    return id;
  }

  /** STORE SUBCHANNEL: null is condition code 3. */
  @Override
  public synchronized @Nullable Schib stsch() {
    return provided ? status.schib() : null;
  }

  /** MODIFY SUBCHANNEL. */
  @Override
  public synchronized ConditionCode msch(Pmcw wanted) {
    if (wanted.has(Pmcw.RESERVED_FLAGS)) {
      throw operandException("MSCH", "reserved bits in the PMCW");
    }
    if (!provided) {
      return CC3;
    }
    if (!status.pmcw().has(Pmcw.VALID)) {
      return CC0;
    }
    if (status.isPending()) {
      return CC1;
    }
    if (status.has(FUNCTIONS)) {
      return CC2;
    }
    boolean enabled = status.pmcw().has(Pmcw.ENABLED);
    status.modify(wanted);
    if (!status.pmcw().has(Pmcw.ENABLED)) {
      forgetDeviceEnd();
      CcwDevice its = device;
      if (enabled && its != null) {
        queue.submit(its::disabled);
      }
    }
    return CC0;
  }

  /** START SUBCHANNEL. */
  @Override
  public ConditionCode ssch(Orb orb) {
    return performed(start(orb));
  }

  private synchronized ConditionCode start(Orb orb) {
    if (!orb.isValid()) {
      throw operandException("SSCH", orb.toString());
    }
    CcwDevice operational = operationalDevice();
    if (operational == null) {
      return CC3;
    }
    if (status.isPending()) {
      return CC1;
    }
    if (status.has(FUNCTIONS)) {
      return CC2;
    }
    Execution begun = new Execution(this, operational, new ChannelMemory(memory, orb), orb, habits);
    queue.submit(begun::begin);
    status.start(orb);
    execution = begun;
    functions++;
    return CC0;
  }

  /** RESUME SUBCHANNEL. */
  @Override
  public ConditionCode rsch() {
    return performed(resume());
  }

  private synchronized ConditionCode resume() {
    if (operationalDevice() == null) {
      return CC3;
    }
    if (status.isPending()) {
      return CC1;
    }
    Execution suspended = execution;
    if (!status.isResumable() || suspended == null) {
      return CC2;
    }
    queue.submit(suspended::resumeProgram);
    status.resume();
    return CC0;
  }

  /** HALT SUBCHANNEL. */
  @Override
  public ConditionCode hsch() {
    return performed(halt());
  }

  private synchronized ConditionCode halt() {
    if (operationalDevice() == null) {
      return CC3;
    }
    if (status.isPending() && !status.isIntermediateAlone()) {
      return CC1;
    }
    if (status.has(HALT | CLEAR)) {
      return CC2;
    }
    int before = status.word0();
    long function = functions + 1;
    queue.submit(() -> performHalt(function, before));
    stopExecution();
    status.halt();
    functions = function;
    return CC0;
  }

  /** CLEAR SUBCHANNEL. */
  @Override
  public ConditionCode csch() {
    return performed(clear());
  }

  private synchronized ConditionCode clear() {
    if (operationalDevice() == null) {
      return CC3;
    }
    long function = functions + 1;
    queue.submit(() -> performClear(function));
    stopExecution();
    status.clear();
    functions = function;
    return CC0;
  }

  /** CANCEL SUBCHANNEL. */
  @Override
  public synchronized ConditionCode xsch() {
    if (operationalDevice() == null) {
      return CC3;
    }
    if (status.isPending()) {
      return CC1;
    }
    if (!status.isCancellable()) {
      return CC2;
    }
    stopExecution();
    functions++;
    status.cancel();
    return CC0;
  }

  /** Waits for a function that was begun, if that is done at once. */
  private ConditionCode performed(ConditionCode cc) {
    if (cc == CC0 && performsAtOnce()) {
      queue.flush();
    }
    return cc;
  }

  /** Whether functions are performed, and interrupts taken, at once. */
  @Override
  public boolean performsAtOnce() {
    return habits.performsAtOnce();
  }

  /** TEST SUBCHANNEL. */
  @Override
  public TestedStatus tsch() {
    TestedStatus tested;
    boolean more;
    synchronized (this) {
      if (operationalDevice() == null) {
        return new TestedStatus(CC3, Irb.of(Scsw.NONE, 0, NO_SENSE));
      }
      boolean pending = status.isPending();
      tested = new TestedStatus(pending ? CC0 : CC1, status.irb());
      if (pending) {
        resetStatus();
      }
      more = status.presentHeld();
    }
    announceIf(more);
    return tested;
  }

  /** Takes device status that belongs to no command: tells it now, or once that is possible. */
  public void unsolicited(int deviceStatus) {
    boolean now;
    synchronized (this) {
      if (operationalDevice() == null) {
        return;
      }
      status.hold(deviceStatus);
      now = status.presentHeld();
    }
    announceIf(now);
  }

  /** Takes the subchannel away: no instruction finds it, and what was in progress ends silently. */
  public void unplug() {
    synchronized (this) {
      provided = false;
      stopExecution();
      var _ = parking.release();
      status.dropHeld();
    }
    CcwDevice gone = device;
    if (gone != null) {
      queue.submit(
          () -> {
            gone.cancel();
            gone.close();
          });
    }
  }

  /** Makes the path of {@code mask} available or not. */
  public synchronized void setPath(int mask, boolean available) {
    status.setPath(mask, available);
  }

  /** Holds programs at {@code point} from now on. */
  public synchronized void hold(HoldPoint point) {
    parking.hold(point);
  }

  /** Lets all programs go on. */
  public synchronized void release() {
    parking.release().forEach(queue::submit);
  }

  /** Whether status is pending. */
  @Override
  public synchronized boolean hasPending() {
    return status.isPending();
  }

  // What executions do; each is refused when it comes from one that was replaced.

  @Override
  public void afterFunctions(Runnable action) {
    submit(action);
  }

  @Override
  public void awaitFunctions() {
    queue.flush();
  }

  void submit(Runnable work) {
    queue.submit(work);
  }

  /** Keeps {@code rest} for later if programs are held at {@code point}: true then. */
  synchronized boolean park(Execution by, HoldPoint point, Runnable rest) {
    return execution == by && parking.park(point, rest);
  }

  /** Selects a path for a pending start. False if there is none, or the start is not pending. */
  boolean selectPath(Execution by) {
    synchronized (this) {
      if (execution != by) {
        return false;
      }
      int usable = status.usable(by.orb());
      int path = Integer.highestOneBit(usable);
      if (usable == 0) {
        status.deferNotOperational();
      } else if (status.hasHeldStatus() || lingering != null) {
        status.deferBusy(by.orb(), path);
      } else {
        status.begin(path);
        return true;
      }
      execution = null;
    }
    interrupt.run();
    return false;
  }

  /** A CCW takes control of the program. */
  void takeControl(Execution by, long address, boolean interrupts) {
    boolean now;
    synchronized (this) {
      now = execution == by && status.takeControl((int) address, interrupts);
    }
    announceIf(now);
  }

  void suspend(Execution by, long address) {
    boolean now;
    synchronized (this) {
      boolean interrupts = !by.orb().has(Orb.SUPPRESS_SUSPENDED);
      now = execution == by && status.suspend((int) address, interrupts);
    }
    announceIf(now);
  }

  synchronized boolean leaveSuspension(Execution by) {
    if (execution != by || !status.has(RESUME_PENDING)) {
      return false;
    }
    status.leaveSuspension();
    return true;
  }

  /** The program ends with the device's status. */
  void end(Execution by, int deviceStatus, int check, int residual) {
    byte[] sense = NO_SENSE;
    if ((deviceStatus & Outcome.UNIT_CHECK) != 0 && device != null && wantsConcurrentSense()) {
      sense = device.takeSense();
    }
    int usual = Outcome.CHANNEL_END | Outcome.DEVICE_END | Outcome.STATUS_MODIFIER;
    int alert = (deviceStatus & ~usual) != 0 ? ALERT : 0;
    end(by, Scsw.word2(deviceStatus, check, residual), alert, sense);
  }

  /** The program ends with a check of the channel's. */
  void endWithCheck(Execution by, int check, long address) {
    synchronized (this) {
      if (execution == by) {
        status.at((int) address);
      }
    }
    end(by, Scsw.word2(0, check, 0), ALERT, NO_SENSE);
  }

  private void end(Execution by, int word2, int alert, byte[] sense) {
    synchronized (this) {
      if (execution != by) {
        return;
      }
      execution = null;
      status.end(word2, alert, sense);
    }
    interrupt.run();
  }

  /** Channel end without device end: the program is over, the device goes on. */
  void presentChannelEnd(Execution by, int deviceStatus, int check, int residual) {
    synchronized (this) {
      if (execution != by) {
        return;
      }
      status.endChannel(Scsw.word2(deviceStatus, check, residual));
    }
    interrupt.run();
  }

  /** Device end after {@link #presentChannelEnd}; joins that status if it is still pending. */
  void presentDeviceEnd(Execution by, int deviceStatus) {
    boolean now = false;
    synchronized (this) {
      if (execution == by) {
        execution = null;
        status.joinDeviceEnd(deviceStatus);
      } else if (lingering == by) {
        lingering = null;
        now = status.endDevice(deviceStatus);
      }
    }
    announceIf(now);
  }

  private void performHalt(long function, int before) {
    synchronized (this) {
      if (functions != function || !provided) {
        return;
      }
      status.endHalt(before);
    }
    cancelDevice();
    interrupt.run();
  }

  private void performClear(long function) {
    cancelDevice();
    CcwDevice reset = device;
    if (reset != null) {
      var _ = reset.takeSense();
    }
    synchronized (this) {
      if (functions != function || !provided) {
        return;
      }
      status.endClear();
    }
    interrupt.run();
  }

  private void cancelDevice() {
    CcwDevice active = device;
    if (active != null) {
      active.cancel();
    }
  }

  /** What TEST SUBCHANNEL resets. */
  private void resetStatus() {
    boolean alsoHalt = status.has(SUSPENDED) && status.has(HALT);
    if (status.isIntermediateAlone() && !alsoHalt) {
      status.forgetIntermediate();
      return;
    }
    Execution running = execution;
    if (running != null && status.has(DEVICE_ACTIVE)) {
      lingering = running;
    } else if (running != null) {
      running.stop();
    }
    execution = null;
    status.forget();
  }

  /** Nobody wants what the device will have to present when it ends what it is at. */
  private void forgetDeviceEnd() {
    Execution late = lingering;
    if (late != null) {
      late.stop();
      lingering = null;
      status.dropDeviceEnd();
      queue.submit(this::cancelDevice);
    }
  }

  private void stopExecution() {
    Execution running = execution;
    if (running != null) {
      running.stop();
      execution = null;
    }
    Execution late = lingering;
    if (late != null) {
      late.stop();
      lingering = null;
    }
  }

  private void announceIf(boolean now) {
    if (now) {
      interrupt.run();
    }
  }

  private synchronized boolean wantsConcurrentSense() {
    return status.wantsConcurrentSense();
  }

  /** The device if the subchannel is operational: provided, valid, enabled. */
  private @Nullable CcwDevice operationalDevice() {
    Pmcw pmcw = status.pmcw();
    return provided && pmcw.has(Pmcw.VALID) && pmcw.has(Pmcw.ENABLED) ? device : null;
  }

  private ErrnoException operandException(String instruction, String what) {
    return new ErrnoException(
        Errno.EIO, instruction + " on " + id + ": operand exception, " + what);
  }

  @Override
  public String toString() {
    return "subchannel " + id;
  }
}
