package org.mdev4j.sim.css.channel;

import static org.mdev4j.css.Scsw.ACTIVITIES;
import static org.mdev4j.css.Scsw.ALERT;
import static org.mdev4j.css.Scsw.CLEAR;
import static org.mdev4j.css.Scsw.CLEAR_PENDING;
import static org.mdev4j.css.Scsw.DEVICE_ACTIVE;
import static org.mdev4j.css.Scsw.FUNCTIONS;
import static org.mdev4j.css.Scsw.HALT;
import static org.mdev4j.css.Scsw.HALT_PENDING;
import static org.mdev4j.css.Scsw.INTERMEDIATE;
import static org.mdev4j.css.Scsw.PENDING;
import static org.mdev4j.css.Scsw.PRIMARY;
import static org.mdev4j.css.Scsw.RESUME_PENDING;
import static org.mdev4j.css.Scsw.SECONDARY;
import static org.mdev4j.css.Scsw.START;
import static org.mdev4j.css.Scsw.START_PENDING;
import static org.mdev4j.css.Scsw.STATUS;
import static org.mdev4j.css.Scsw.SUBCHANNEL_ACTIVE;
import static org.mdev4j.css.Scsw.SUSPENDED;

import org.mdev4j.css.Irb;
import org.mdev4j.css.Orb;
import org.mdev4j.css.Pmcw;
import org.mdev4j.css.Schib;
import org.mdev4j.css.Scsw;

/**
 * What a subchannel stores: PMCW, SCSW, what goes into the ESW and ECW, device status that waits to
 * be told. Each method is one change that an instruction or a function makes to it.
 *
 * <p>Not thread-safe: {@link SubchannelHardware} guards it.
 */
final class SubchannelStatus {
  private static final byte[] NO_SENSE = {};
  private static final int PCI = Scsw.word2(0, Scsw.PCI, 0);

  private final Habits habits;
  private Pmcw pmcw;
  private int word0;
  private int cpa;
  private int word2;
  private int eswPath;
  private byte[] concurrentSense = NO_SENSE;
  private int heldStatus;

  SubchannelStatus(Habits habits, Pmcw pmcw) {
    this.habits = habits;
    this.pmcw = pmcw;
  }

  Pmcw pmcw() {
    return pmcw;
  }

  Schib schib() {
    return new Schib(pmcw, scsw(), 0, 0);
  }

  /** What TEST SUBCHANNEL stores. */
  Irb irb() {
    return Irb.of(scsw(), isPending() ? eswPath : 0, concurrentSense);
  }

  private Scsw scsw() {
    return new Scsw(word0, cpa, word2);
  }

  /** Whether any bit of {@code mask} is set in word 0 of the SCSW. */
  boolean has(int mask) {
    return (word0 & mask) != 0;
  }

  boolean isPending() {
    return has(PENDING);
  }

  /** Whether all there is to tell is that the program got so far. */
  boolean isIntermediateAlone() {
    return (word0 & STATUS) == (INTERMEDIATE | PENDING);
  }

  boolean isResumable() {
    return (word0 & (FUNCTIONS | RESUME_PENDING | SUSPENDED)) == (START | SUSPENDED);
  }

  /** Whether a start is the only function, and waits. */
  boolean isCancellable() {
    return (word0 & (FUNCTIONS | SUBCHANNEL_ACTIVE)) == START
        && has(START_PENDING | RESUME_PENDING | SUSPENDED);
  }

  boolean wantsConcurrentSense() {
    return (pmcw.word6() & Pmcw.CONCURRENT_SENSE) != 0;
  }

  boolean hasHeldStatus() {
    return heldStatus != 0;
  }

  // Instructions.

  void modify(Pmcw wanted) {
    pmcw = pmcw.modified(wanted);
    if (!pmcw.has(Pmcw.ENABLED)) {
      heldStatus = 0;
    }
  }

  void start(Orb orb) {
    pmcw = pmcw.withEnabled(true, pmcw.isc(), orb.intparm());
    word0 = habits.startFlags(orb, word0) | (word0 & DEVICE_ACTIVE) | START | START_PENDING;
    word2 = 0;
  }

  void resume() {
    word0 |= RESUME_PENDING;
  }

  void halt() {
    word0 |= HALT | HALT_PENDING;
  }

  void clear() {
    heldStatus = 0;
    concurrentSense = NO_SENSE;
    word0 = habits.idleFlags(word0) | CLEAR | CLEAR_PENDING;
    word2 = 0;
  }

  void cancel() {
    word0 &= ~(START | START_PENDING | RESUME_PENDING | SUSPENDED);
  }

  /** TEST SUBCHANNEL, where the program goes on. */
  void forgetIntermediate() {
    word0 &= ~STATUS;
    word2 &= ~PCI;
    if (has(SUSPENDED)) {
      word0 &= ~(Scsw.PATH_NOT_OPERATIONAL | RESUME_PENDING);
    }
  }

  /** TEST SUBCHANNEL, where the functions are over. The device may go on. */
  void forget() {
    int active = word0 & (SUBCHANNEL_ACTIVE | DEVICE_ACTIVE);
    word0 = habits.idleFlags(word0) | active;
    word2 = habits.told(word2);
    cpa = 0;
    concurrentSense = NO_SENSE;
  }

  void setPath(int mask, boolean available) {
    pmcw = pmcw.withAvailable(available ? pmcw.pam() | mask : pmcw.pam() & ~mask);
  }

  // Unsolicited device status.

  void hold(int status) {
    heldStatus |= status;
  }

  void dropHeld() {
    heldStatus = 0;
  }

  /** Makes held device status pending if nothing stands in its way: true then. */
  boolean presentHeld() {
    boolean suspended = (word0 & (FUNCTIONS | SUSPENDED)) == (START | SUSPENDED);
    boolean free = !has(FUNCTIONS | DEVICE_ACTIVE) || suspended;
    if (heldStatus == 0 || isPending() || !free) {
      return false;
    }
    word0 |= ALERT | PENDING;
    word2 = Scsw.word2(heldStatus, 0, 0);
    eswPath = anyPath();
    heldStatus = 0;
    return true;
  }

  /** The device is ready, and nobody will be told. */
  void dropDeviceEnd() {
    word0 &= ~DEVICE_ACTIVE;
  }

  // Functions.

  /** The paths that a start may use. */
  int usable(Orb orb) {
    return orb.lpm() & pmcw.pam();
  }

  /** A start found a path and a device that is free. */
  void begin(int path) {
    eswPath = path;
    pmcw = withLpum(habits.lpumAfterStart(pmcw, path));
    word0 = (word0 & ~START_PENDING) | SUBCHANNEL_ACTIVE | DEVICE_ACTIVE;
  }

  /** A start found no path: condition code 3, deferred. */
  void deferNotOperational() {
    eswPath = anyPath();
    word0 |= 3 << 24 | ALERT | PENDING;
  }

  /** A start found the device with other things to tell or to do: condition code 1, deferred. */
  void deferBusy(Orb orb, int path) {
    eswPath = path;
    word0 |= 1 << 24 | ALERT | PENDING;
    cpa = orb.cpa();
    word2 = Scsw.word2(heldStatus == 0 ? Outcome.BUSY : heldStatus, 0, 0);
    heldStatus = 0;
  }

  /** A CCW takes control; true if that is to interrupt. */
  boolean takeControl(int address, boolean interrupts) {
    cpa = address;
    if (!interrupts || !habits.interruptsBeforeTheEnd()) {
      return false;
    }
    word0 |= INTERMEDIATE | PENDING;
    word2 |= PCI;
    return true;
  }

  /** The program suspends; true if that is to interrupt. */
  boolean suspend(int address, boolean interrupts) {
    cpa = address;
    word0 = (word0 & ~(SUBCHANNEL_ACTIVE | DEVICE_ACTIVE)) | SUSPENDED;
    if (!interrupts || !habits.interruptsBeforeTheEnd()) {
      return false;
    }
    word0 |= INTERMEDIATE | PENDING;
    return true;
  }

  void leaveSuspension() {
    word0 = (word0 & ~(RESUME_PENDING | SUSPENDED)) | SUBCHANNEL_ACTIVE | DEVICE_ACTIVE;
  }

  void at(int address) {
    cpa = address;
  }

  /** The program ends. */
  void end(int status, int alert, byte[] sense) {
    boolean merged = has(INTERMEDIATE);
    word0 = (word0 & ~ACTIVITIES) | alert | PRIMARY | SECONDARY | PENDING;
    word2 = status | (merged ? word2 & PCI : 0);
    concurrentSense = sense;
    if (sense.length > 0) {
      word0 |= Scsw.EXTENDED_CONTROL | Scsw.ESW_FORMAT_0;
    }
  }

  /** The program is over, the device goes on. */
  void endChannel(int status) {
    word0 = (word0 & ~SUBCHANNEL_ACTIVE) | PRIMARY | PENDING;
    word2 = (word2 & PCI) | status;
  }

  /** The device is ready, and the channel end of its command is still to be told. */
  void joinDeviceEnd(int status) {
    word0 = (word0 & ~DEVICE_ACTIVE) | SECONDARY;
    word2 |= Scsw.word2(status, 0, 0);
  }

  /** The device is ready; true if that can be told now. */
  boolean endDevice(int status) {
    word0 &= ~DEVICE_ACTIVE;
    if (has(FUNCTIONS | PENDING)) {
      heldStatus |= status;
      return false;
    }
    word0 |= SECONDARY | PENDING;
    word2 = Scsw.word2(status, 0, 0);
    return true;
  }

  /**
   * A halt is done.
   *
   * @param before word 0 when it was asked for
   */
  void endHalt(int before) {
    boolean quiet = (before & (SUSPENDED | START_PENDING)) != 0;
    word0 = habits.idleFlags(word0) | HALT | (before & SUSPENDED) | PENDING;
    word2 = Scsw.word2(quiet ? 0 : Outcome.DEVICE_END, 0, 0);
    eswPath = anyPath();
    pmcw = withLpum(habits.lpumAfterHalt(pmcw, eswPath));
  }

  /** A clear is done. */
  void endClear() {
    word0 = habits.idleFlags(word0) | CLEAR | PENDING;
    word2 = 0;
    cpa = 0;
    eswPath = anyPath();
    pmcw = pmcw.withPathsFound(habits.lpumAfterClear(eswPath), 0, 0xFF);
  }

  /** Word 0 of the SCSW. */
  int word0() {
    return word0;
  }

  private int anyPath() {
    return Integer.highestOneBit(pmcw.pam());
  }

  private Pmcw withLpum(int lpum) {
    return pmcw.withPathsFound(lpum, pmcw.pnom(), pmcw.pom());
  }
}
