package org.mdev4j.sim.css.channel;

import static org.mdev4j.sim.css.ConditionCode.CC0;
import static org.mdev4j.sim.css.ConditionCode.CC1;
import static org.mdev4j.sim.css.ConditionCode.CC2;
import static org.mdev4j.sim.css.ConditionCode.CC3;
import static org.mdev4j.sim.css.Scsw.ACTIVITIES;
import static org.mdev4j.sim.css.Scsw.ALERT;
import static org.mdev4j.sim.css.Scsw.CLEAR;
import static org.mdev4j.sim.css.Scsw.CLEAR_PENDING;
import static org.mdev4j.sim.css.Scsw.DEVICE_ACTIVE;
import static org.mdev4j.sim.css.Scsw.FUNCTIONS;
import static org.mdev4j.sim.css.Scsw.HALT;
import static org.mdev4j.sim.css.Scsw.HALT_PENDING;
import static org.mdev4j.sim.css.Scsw.INTERMEDIATE;
import static org.mdev4j.sim.css.Scsw.PENDING;
import static org.mdev4j.sim.css.Scsw.PRIMARY;
import static org.mdev4j.sim.css.Scsw.RESUME_PENDING;
import static org.mdev4j.sim.css.Scsw.SECONDARY;
import static org.mdev4j.sim.css.Scsw.START;
import static org.mdev4j.sim.css.Scsw.START_PENDING;
import static org.mdev4j.sim.css.Scsw.STATUS;
import static org.mdev4j.sim.css.Scsw.SUBCHANNEL_ACTIVE;
import static org.mdev4j.sim.css.Scsw.SUSPENDED;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.HostMemory;
import org.mdev4j.device.host.WorkQueue;
import org.mdev4j.sim.css.ConditionCode;
import org.mdev4j.sim.css.HoldPoint;
import org.mdev4j.sim.css.Irb;
import org.mdev4j.sim.css.Orb;
import org.mdev4j.sim.css.Pmcw;
import org.mdev4j.sim.css.Schib;
import org.mdev4j.sim.css.Scsw;
import org.mdev4j.sim.css.SubchannelId;
import org.mdev4j.sim.css.TestedStatus;

/**
 * A subchannel as hardware: its status, the instructions on it, the functions in progress. What the
 * condition codes mean is told in {@link org.mdev4j.sim.css.Subchannel}.
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
 * listener is called under it. Functions are performed on the channel queue, one after the other.
 * An {@link Execution} whose function was replaced finds that {@code execution} is another one.
 */
public final class SubchannelHardware {
  static final int INTERFACE_CONTROL_CHECK = 0x02;

  private static final byte[] NO_SENSE = {};

  private final SubchannelId id;
  private final @Nullable CcwDevice device;
  private final HostMemory memory;
  private final StatusHabits habits;
  private final WorkQueue queue;
  private final Runnable interrupt;
  private final Map<HoldPoint, List<Runnable>> parked = new EnumMap<>(HoldPoint.class);

  private boolean provided = true;
  private Pmcw pmcw;
  private int word0;
  private int cpa;
  private int word2;
  private int eswPath;
  private byte[] concurrentSense = NO_SENSE;
  private @Nullable Execution execution;
  private @Nullable Execution lingering;
  private int heldStatus;
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
      StatusHabits habits,
      WorkQueue queue,
      Runnable interrupt) {
    this.id = id;
    this.pmcw = pmcw;
    this.device = device;
    this.memory = memory;
    this.habits = habits;
    this.queue = queue;
    this.interrupt = interrupt;
    if (device != null) {
      device.attach(this::unsolicited);
    }
  }

  public SubchannelId id() {
    return id;
  }

  /** STORE SUBCHANNEL: null is condition code 3. */
  public synchronized @Nullable Schib stsch() {
    return provided ? new Schib(pmcw, scsw(), 0, 0) : null;
  }

  /** MODIFY SUBCHANNEL. */
  public synchronized ConditionCode msch(Pmcw wanted) {
    if (wanted.has(Pmcw.RESERVED_FLAGS)) {
      throw operandException("MSCH", "reserved bits in the PMCW");
    }
    if (!provided) {
      return CC3;
    }
    if (!pmcw.has(Pmcw.VALID)) {
      return CC0;
    }
    if ((word0 & PENDING) != 0) {
      return CC1;
    }
    if ((word0 & FUNCTIONS) != 0) {
      return CC2;
    }
    pmcw = pmcw.modified(wanted);
    if (!pmcw.has(Pmcw.ENABLED)) {
      forgetDevice();
    }
    return CC0;
  }

  /** START SUBCHANNEL. */
  public synchronized ConditionCode ssch(Orb orb) {
    if (!orb.isValid()) {
      throw operandException("SSCH", orb.toString());
    }
    CcwDevice operational = operationalDevice();
    if (operational == null) {
      return CC3;
    }
    if ((word0 & PENDING) != 0) {
      return CC1;
    }
    if ((word0 & FUNCTIONS) != 0) {
      return CC2;
    }
    pmcw = withIntparm(orb.intparm());
    word0 = habits.startFlags(orb) | (word0 & DEVICE_ACTIVE) | START | START_PENDING;
    word2 = 0;
    Execution begun = new Execution(this, operational, new ChannelMemory(memory, orb), orb);
    execution = begun;
    functions++;
    queue.submit(begun::begin);
    return CC0;
  }

  /** RESUME SUBCHANNEL. */
  public synchronized ConditionCode rsch() {
    if (operationalDevice() == null) {
      return CC3;
    }
    if ((word0 & PENDING) != 0) {
      return CC1;
    }
    Execution suspended = execution;
    boolean resumable = (word0 & (FUNCTIONS | RESUME_PENDING | SUSPENDED)) == (START | SUSPENDED);
    if (!resumable || suspended == null) {
      return CC2;
    }
    word0 |= RESUME_PENDING;
    queue.submit(suspended::resumeProgram);
    return CC0;
  }

  /** HALT SUBCHANNEL. */
  public synchronized ConditionCode hsch() {
    if (operationalDevice() == null) {
      return CC3;
    }
    if (hasPending() && (word0 & STATUS) != (INTERMEDIATE | PENDING)) {
      return CC1;
    }
    if ((word0 & (HALT | CLEAR)) != 0) {
      return CC2;
    }
    int before = word0;
    stopExecution();
    word0 |= HALT | HALT_PENDING;
    long function = ++functions;
    queue.submit(() -> performHalt(function, before));
    return CC0;
  }

  /** CLEAR SUBCHANNEL. */
  public synchronized ConditionCode csch() {
    if (operationalDevice() == null) {
      return CC3;
    }
    stopExecution();
    heldStatus = 0;
    concurrentSense = NO_SENSE;
    word0 = habits.idleFlags(word0) | CLEAR | CLEAR_PENDING;
    word2 = 0;
    long function = ++functions;
    queue.submit(() -> performClear(function));
    return CC0;
  }

  /** CANCEL SUBCHANNEL. */
  public synchronized ConditionCode xsch() {
    if (operationalDevice() == null) {
      return CC3;
    }
    if ((word0 & PENDING) != 0) {
      return CC1;
    }
    boolean waiting = (word0 & (START_PENDING | RESUME_PENDING | SUSPENDED)) != 0;
    if ((word0 & FUNCTIONS) != START || (word0 & SUBCHANNEL_ACTIVE) != 0 || !waiting) {
      return CC2;
    }
    stopExecution();
    functions++;
    word0 &= ~(START | START_PENDING | RESUME_PENDING | SUSPENDED);
    return CC0;
  }

  /** TEST SUBCHANNEL. */
  public TestedStatus tsch() {
    TestedStatus tested;
    boolean more;
    synchronized (this) {
      if (operationalDevice() == null) {
        return new TestedStatus(CC3, Irb.of(Scsw.NONE, 0, NO_SENSE));
      }
      boolean pending = hasPending();
      Irb irb = Irb.of(scsw(), pending ? eswPath : 0, concurrentSense);
      tested = new TestedStatus(pending ? CC0 : CC1, irb);
      if (pending) {
        resetStatus();
      }
      more = presentHeldStatus();
    }
    announceIf(more);
    return tested;
  }

  /** Takes device status that belongs to no command: tells it now, or once that is possible. */
  public void unsolicited(int status) {
    boolean now;
    synchronized (this) {
      if (operationalDevice() == null) {
        return;
      }
      heldStatus |= status;
      now = presentHeldStatus();
    }
    announceIf(now);
  }

  /** Takes the subchannel away: no instruction finds it, and what was in progress ends silently. */
  public void unplug() {
    synchronized (this) {
      provided = false;
      stopExecution();
      parked.clear();
      heldStatus = 0;
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
    pmcw = pmcw.withAvailable(available ? pmcw.pam() | mask : pmcw.pam() & ~mask);
  }

  /** Holds programs at {@code point} from now on. */
  public synchronized void hold(HoldPoint point) {
    parked.computeIfAbsent(point, ignored -> new ArrayList<>());
  }

  /** Lets all programs go on. */
  public synchronized void release() {
    parked.values().forEach(list -> list.forEach(queue::submit));
    parked.clear();
  }

  /** Whether status is pending. */
  public synchronized boolean hasPending() {
    return (word0 & PENDING) != 0;
  }

  // What executions do; each is refused when it comes from one that was replaced.

  void submit(Runnable work) {
    queue.submit(work);
  }

  /** Keeps {@code rest} for later if programs are held at {@code point}: true then. */
  synchronized boolean park(Execution by, HoldPoint point, Runnable rest) {
    List<Runnable> waiting = parked.get(point);
    if (waiting == null || execution != by) {
      return false;
    }
    waiting.add(rest);
    return true;
  }

  /** Selects a path for a pending start. False if there is none, or the start is not pending. */
  boolean selectPath(Execution by) {
    synchronized (this) {
      if (execution != by) {
        return false;
      }
      int usable = by.orb().lpm() & pmcw.pam();
      int path = Integer.highestOneBit(usable);
      boolean busy = heldStatus != 0 || lingering != null;
      if (usable != 0 && !busy) {
        eswPath = path;
        pmcw = withLpum(habits.lpumAfterStart(pmcw, path));
        word0 = (word0 & ~START_PENDING) | SUBCHANNEL_ACTIVE | DEVICE_ACTIVE;
        return true;
      }
      execution = null;
      if (usable == 0) {
        eswPath = anyPath();
        word0 |= 3 << 24;
      } else {
        eswPath = path;
        word0 |= 1 << 24;
        cpa = by.orb().cpa();
        word2 = Scsw.word2(heldStatus == 0 ? Outcome.BUSY : heldStatus, 0, 0);
        heldStatus = 0;
      }
      word0 |= ALERT | PENDING;
    }
    interrupt.run();
    return false;
  }

  /** A CCW takes control of the program. */
  void takeControl(Execution by, long address, boolean interrupts) {
    synchronized (this) {
      if (execution != by) {
        return;
      }
      cpa = (int) address;
      if (!interrupts) {
        return;
      }
      word0 |= INTERMEDIATE | PENDING;
      word2 |= Scsw.word2(0, Scsw.PCI, 0);
    }
    interrupt.run();
  }

  void suspend(Execution by, long address) {
    synchronized (this) {
      if (execution != by) {
        return;
      }
      cpa = (int) address;
      word0 = (word0 & ~(SUBCHANNEL_ACTIVE | DEVICE_ACTIVE)) | SUSPENDED;
      if (by.orb().has(Orb.SUPPRESS_SUSPENDED)) {
        return;
      }
      word0 |= INTERMEDIATE | PENDING;
    }
    interrupt.run();
  }

  synchronized boolean leaveSuspension(Execution by) {
    if (execution != by || (word0 & RESUME_PENDING) == 0) {
      return false;
    }
    word0 = (word0 & ~(RESUME_PENDING | SUSPENDED)) | SUBCHANNEL_ACTIVE | DEVICE_ACTIVE;
    return true;
  }

  /** The program ends with the device's status. */
  void end(Execution by, int status, int check, int residual) {
    byte[] sense = NO_SENSE;
    if ((status & Outcome.UNIT_CHECK) != 0 && device != null && wantsConcurrentSense()) {
      sense = device.takeSense();
    }
    int usual = Outcome.CHANNEL_END | Outcome.DEVICE_END | Outcome.STATUS_MODIFIER;
    int alert = (status & ~usual) != 0 ? ALERT : 0;
    end(by, Scsw.word2(status, check, residual), alert, sense);
  }

  /** The program ends with a check of the channel's. */
  void endWithCheck(Execution by, int check, long address) {
    synchronized (this) {
      if (execution == by) {
        cpa = (int) address;
      }
    }
    end(by, Scsw.word2(0, check, 0), ALERT, NO_SENSE);
  }

  /** Channel end without device end: the program is over, the device goes on. */
  void presentChannelEnd(Execution by, int status, int check, int residual) {
    synchronized (this) {
      if (execution != by) {
        return;
      }
      word0 = (word0 & ~SUBCHANNEL_ACTIVE) | PRIMARY | PENDING;
      word2 = (word2 & Scsw.word2(0, Scsw.PCI, 0)) | Scsw.word2(status, check, residual);
    }
    interrupt.run();
  }

  /** Device end after {@link #presentChannelEnd}; joins that status if it is still pending. */
  void presentDeviceEnd(Execution by, int status) {
    boolean now;
    synchronized (this) {
      if (execution == by) {
        execution = null;
        word0 = (word0 & ~DEVICE_ACTIVE) | SECONDARY;
        word2 |= Scsw.word2(status, 0, 0);
        now = false;
      } else if (lingering == by) {
        lingering = null;
        word0 &= ~DEVICE_ACTIVE;
        now = (word0 & (FUNCTIONS | PENDING)) == 0;
        if (now) {
          word0 |= SECONDARY | PENDING;
          word2 = Scsw.word2(status, 0, 0);
        } else {
          heldStatus |= status;
        }
      } else {
        return;
      }
    }
    announceIf(now);
  }

  private void end(Execution by, int status, int alert, byte[] sense) {
    synchronized (this) {
      if (execution != by) {
        return;
      }
      execution = null;
      boolean merged = (word0 & INTERMEDIATE) != 0;
      word0 = (word0 & ~ACTIVITIES) | alert | PRIMARY | SECONDARY | PENDING;
      word2 = status | (merged ? word2 & Scsw.word2(0, Scsw.PCI, 0) : 0);
      concurrentSense = sense;
      if (sense.length > 0) {
        word0 |= Scsw.EXTENDED_CONTROL | Scsw.ESW_FORMAT_0;
      }
    }
    interrupt.run();
  }

  private void performHalt(long function, int before) {
    synchronized (this) {
      if (functions != function || !provided) {
        return;
      }
      boolean quiet = (before & (SUSPENDED | START_PENDING)) != 0;
      word0 = habits.idleFlags(word0) | HALT | (before & SUSPENDED) | PENDING;
      word2 = Scsw.word2(quiet ? 0 : Outcome.DEVICE_END, 0, 0);
      eswPath = anyPath();
      pmcw = withLpum(habits.lpumAfterHalt(pmcw, eswPath));
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
      word0 = habits.idleFlags(word0) | CLEAR | PENDING;
      word2 = 0;
      cpa = habits.stale(cpa);
      eswPath = anyPath();
      pmcw = pmcw.withPathsFound(habits.lpumAfterClear(eswPath), 0, 0xFF);
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
    boolean intermediateOnly = (word0 & STATUS) == (INTERMEDIATE | PENDING);
    boolean alsoHalt = (word0 & (SUSPENDED | HALT)) == (SUSPENDED | HALT);
    word0 &= ~STATUS;
    if (intermediateOnly && !alsoHalt) {
      word2 &= ~Scsw.word2(0, Scsw.PCI, 0);
      if ((word0 & SUSPENDED) != 0) {
        word0 &= ~(Scsw.PATH_NOT_OPERATIONAL | RESUME_PENDING);
      }
      return;
    }
    Execution running = execution;
    if (running != null && (word0 & DEVICE_ACTIVE) != 0) {
      lingering = running;
    } else if (running != null) {
      running.stop();
    }
    execution = null;
    int active = word0 & (SUBCHANNEL_ACTIVE | DEVICE_ACTIVE);
    word0 = habits.idleFlags(word0) | active;
    word2 = habits.stale(word2);
    cpa = habits.stale(cpa);
    concurrentSense = NO_SENSE;
  }

  /** Makes held device status pending if nothing stands in its way: true then. */
  private boolean presentHeldStatus() {
    boolean suspended = (word0 & (FUNCTIONS | SUSPENDED)) == (START | SUSPENDED);
    boolean free = (word0 & (FUNCTIONS | DEVICE_ACTIVE)) == 0 || suspended;
    if (heldStatus == 0 || hasPending() || !free) {
      return false;
    }
    word0 |= ALERT | PENDING;
    word2 = Scsw.word2(heldStatus, 0, 0);
    eswPath = anyPath();
    heldStatus = 0;
    return true;
  }

  /** Nobody wants what the device has to present, now or when it ends what it is at. */
  private void forgetDevice() {
    heldStatus = 0;
    Execution late = lingering;
    if (late != null) {
      late.stop();
      lingering = null;
      word0 &= ~DEVICE_ACTIVE;
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
    return (pmcw.word6() & Pmcw.CONCURRENT_SENSE) != 0;
  }

  /** The device if the subchannel is operational: provided, valid, enabled. */
  private @Nullable CcwDevice operationalDevice() {
    return provided && pmcw.has(Pmcw.VALID) && pmcw.has(Pmcw.ENABLED) ? device : null;
  }

  private Scsw scsw() {
    return new Scsw(word0, cpa, word2);
  }

  private int anyPath() {
    return Integer.highestOneBit(pmcw.pam());
  }

  private Pmcw withIntparm(int parameter) {
    return pmcw.withEnabled(true, pmcw.isc(), parameter);
  }

  private Pmcw withLpum(int lpum) {
    return pmcw.withPathsFound(lpum, pmcw.pnom(), pmcw.pom());
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
