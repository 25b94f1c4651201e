package org.mdev4j.driver.ccw.device;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;
import org.mdev4j.css.ConditionCode;
import org.mdev4j.css.Irb;
import org.mdev4j.css.Orb;
import org.mdev4j.css.Pmcw;
import org.mdev4j.css.Schib;
import org.mdev4j.css.Scsw;
import org.mdev4j.css.Subchannel;
import org.mdev4j.css.SubchannelId;
import org.mdev4j.css.TestedStatus;
import org.mdev4j.device.Device;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * A subchannel that does what a test tells it, also what the simulated hardware never does: it
 * refuses instructions, and leaves functions unanswered. Left alone it takes every instruction, is
 * busy from a start, halt or clear on, and presents nothing by itself.
 *
 * <p>For a device under test it is guarded by its lock, as {@link Subchannel} says.
 */
public final class ScriptedSubchannel implements Subchannel {
  /** What a test may script. */
  enum Step {
    REFRESH,
    ENABLE,
    DISABLE,
    SSCH,
    HSCH,
    CSCH,
    XSCH
  }

  /** What a scripted step does instead of its usual work. */
  private sealed interface Answer {
    record Code(ConditionCode cc) implements Answer {}

    record Refusal(Errno errno) implements Answer {}
  }

  private static final Pmcw PMCW =
      new Pmcw(0, Pmcw.VALID, 0x120, 0xC0, 0, 0, 0xC0, 0, 0xFF, 0xC0, 0x2021000000000000L, 0);

  private final ReentrantLock lock = new ReentrantLock();
  private final Map<Step, Deque<Answer>> answers = new EnumMap<>(Step.class);
  private final Map<Step, Runnable> hooks = new EnumMap<>(Step.class);
  private final List<Step> issued = new ArrayList<>();
  private Schib schib = new Schib(PMCW, Scsw.NONE, 0, 0);
  private Pmcw pmcw = PMCW;
  private Scsw scsw = Scsw.NONE;
  private int lpm = 0xC0;
  private int opm = 0xFF;
  private boolean gone;
  private int unregistrations;
  private @Nullable Orb started;

  /** The next {@code times} times, {@code step} ends with {@code cc}. */
  void answer(Step step, ConditionCode cc, int times) {
    script(step, new Answer.Code(cc), times);
  }

  /** The next {@code times} times, {@code step} is refused. */
  void refuse(Step step, Errno errno, int times) {
    script(step, new Answer.Refusal(errno), times);
  }

  private void script(Step step, Answer answer, int times) {
    for (int i = 0; i < times; i++) {
      answers.computeIfAbsent(step, ignored -> new ArrayDeque<>()).add(answer);
    }
  }

  /** Does {@code action} whenever {@code step} is issued, before it is done. */
  void at(Step step, Runnable action) {
    hooks.put(step, action);
  }

  /** The instructions that change something, since they were last asked for. */
  List<Step> issued() {
    List<Step> copy = List.copyOf(issued);
    issued.clear();
    return copy;
  }

  /** The device is pulled: no instruction finds the subchannel any more. */
  void vanish() {
    lock.lock();
    gone = true;
    lock.unlock();
  }

  /** Function, activity and status control become these. */
  void become(int word0) {
    lock.lock();
    scsw = new Scsw(word0, 0, 0);
    lock.unlock();
  }

  /** Presents status to {@code device} as the css core does, after TEST SUBCHANNEL. */
  void present(CcwDevice device, Irb irb) {
    lock.lock();
    try {
      schib = stored();
      boolean goesOn = irb.scsw().has(Scsw.SUBCHANNEL_ACTIVE | Scsw.DEVICE_ACTIVE);
      if (!goesOn) {
        scsw = Scsw.NONE;
      }
      device.interrupt(irb);
    } finally {
      lock.unlock();
    }
  }

  /** The ORB that was started last. */
  Orb started() {
    if (started == null) {
      throw new AssertionError("nothing was started");
    }
    return started;
  }

  boolean isActive() {
    return scsw.has(Scsw.SUBCHANNEL_ACTIVE);
  }

  boolean isEnabled() {
    return pmcw.has(Pmcw.ENABLED);
  }

  /** How often the removal of the subchannel was asked for. */
  int unregistrations() {
    return unregistrations;
  }

  private Schib stored() {
    return new Schib(pmcw, scsw, 0, 0);
  }

  /** Notes the step; its scripted condition code, or null to do what it usually does. */
  private @Nullable ConditionCode issue(Step step) {
    if (step != Step.REFRESH) {
      issued.add(step);
    }
    hooks.getOrDefault(step, () -> {}).run();
    Deque<Answer> scripted = answers.get(step);
    Answer answer = scripted == null ? null : scripted.poll();
    return switch (answer) {
      case null -> null;
      case Answer.Code(ConditionCode cc) -> cc;
      case Answer.Refusal(Errno errno) -> throw new ErrnoException(errno, step + " as scripted");
    };
  }

  private ConditionCode issue(Step step, int word0) {
    ConditionCode scripted = issue(step);
    if (scripted != null) {
      return scripted;
    }
    if (gone || !isEnabled()) {
      return ConditionCode.CC3;
    }
    scsw = new Scsw(word0, 0, 0);
    return ConditionCode.CC0;
  }

  @Override
  public SubchannelId id() {
    return new SubchannelId(0, 0x42);
  }

  @Override
  public int type() {
    return 0;
  }

  @Override
  public Device device() {
    throw new UnsupportedOperationException("it is in no tree");
  }

  @Override
  public ReentrantLock lock() {
    return lock;
  }

  @Override
  public @Nullable Schib stsch() {
    return gone ? null : stored();
  }

  @Override
  public ConditionCode msch(Pmcw wanted) {
    throw new UnsupportedOperationException("a driver enables and disables");
  }

  @Override
  public ConditionCode ssch(Orb orb) {
    started = orb;
    return issue(Step.SSCH, Scsw.START | Scsw.SUBCHANNEL_ACTIVE | Scsw.DEVICE_ACTIVE);
  }

  @Override
  public ConditionCode rsch() {
    throw new UnsupportedOperationException("not issued by this driver");
  }

  @Override
  public ConditionCode hsch() {
    return issue(Step.HSCH, scsw.word0() | Scsw.HALT | Scsw.HALT_PENDING);
  }

  @Override
  public ConditionCode csch() {
    return issue(Step.CSCH, Scsw.CLEAR | Scsw.CLEAR_PENDING);
  }

  @Override
  public ConditionCode xsch() {
    ConditionCode scripted = issue(Step.XSCH);
    if (scripted != null) {
      return scripted;
    }
    if (!scsw.has(Scsw.START_PENDING)) {
      return ConditionCode.CC2;
    }
    scsw = Scsw.NONE;
    return ConditionCode.CC0;
  }

  @Override
  public TestedStatus tsch() {
    throw new UnsupportedOperationException("the css core tests");
  }

  @Override
  public Schib schib() {
    return schib;
  }

  @Override
  public Schib refresh() {
    var _ = issue(Step.REFRESH);
    if (gone) {
      throw new ErrnoException(Errno.ENODEV, id() + " is gone");
    }
    schib = stored();
    return schib;
  }

  @Override
  public void enable(int intparm) {
    var _ = issue(Step.ENABLE);
    pmcw = pmcw.withEnabled(true, 3, intparm);
    var _ = refresh();
  }

  @Override
  public void disable() {
    var _ = issue(Step.DISABLE);
    var _ = refresh();
    if (scsw.has(Scsw.FUNCTIONS) && !scsw.has(Scsw.PENDING)) {
      throw new ErrnoException(Errno.EBUSY, id() + " performs a function");
    }
    scsw = Scsw.NONE;
    pmcw = pmcw.withEnabled(false, 3, pmcw.intparm());
    schib = stored();
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

  @Override
  public boolean isRegistered() {
    return unregistrations == 0;
  }

  @Override
  public boolean isScheduled() {
    return unregistrations > 0;
  }

  @Override
  public void scheduleEvaluation() {}

  @Override
  public void scheduleUnregister() {
    unregistrations++;
  }
}
