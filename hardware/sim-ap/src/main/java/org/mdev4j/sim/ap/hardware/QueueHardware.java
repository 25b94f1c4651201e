package org.mdev4j.sim.ap.hardware;

import java.lang.foreign.ValueLayout;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.mdev4j.ap.AdapterInterrupt;
import org.mdev4j.ap.ApMask;
import org.mdev4j.ap.ApStatus;
import org.mdev4j.ap.Apqn;
import org.mdev4j.ap.Dequeued;
import org.mdev4j.ap.Gisa;
import org.mdev4j.ap.ResponseCode;
import org.mdev4j.ap.TestedQueue;
import org.mdev4j.ap.hardware.InterruptState;
import org.mdev4j.ap.hardware.QueueState;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.sim.ap.Instruction;
import org.mdev4j.sim.ap.config.CardConfig;

/**
 * One queue ({@code spec/ap.md} 12.2 to 12.8).
 *
 * <pre>
 *   READY --RAPQ, ZAPQ--> RESETTING (02) --reset time--> READY, empty
 *   any --configured off--> DECONFIGURED (03) --on--> READY, empty
 *   any --failure--> CHECKSTOPPED (04) --repaired--> READY, empty
 *
 *   interrupts:  OFF --AQIC on--> ENABLING (05) --interrupt time--> ON
 *                ON --AQIC off--> DISABLING (05) --interrupt time--> OFF
 * </pre>
 *
 * A request is answered when its message time has passed since it became the oldest: by the clock,
 * on the machine's worker thread.
 *
 * <h2>Thread safety</h2>
 *
 * The monitor guards everything and is held while a reply is announced, so once an instruction has
 * disabled interrupts no byte of a guest is touched any more. It is a leaf. {@code content} counts
 * how often what was inside was dropped: a worker that comes back to another content goes away.
 */
public final class QueueHardware {
  /** What a notification indicator byte is set to. */
  private static final byte NOTIFIED = (byte) 0x80;

  private final Apqn apqn;
  private final CardConfig card;
  private final CryptoService service;
  private final Environment environment;
  private final Deque<Request> requests = new ArrayDeque<>();
  private final Deque<Reply> replies = new ArrayDeque<>();
  private final Map<Instruction, Deque<ApStatus>> prepared = new EnumMap<>(Instruction.class);
  private final Map<Instruction, Long> issued = new EnumMap<>(Instruction.class);
  private boolean configured = true;
  private boolean checkstopped;
  private Instant resetUntil = Instant.MIN;
  private long content;
  private long requestCount;
  private AdapterInterrupt interrupt = AdapterInterrupt.off();
  private Instant interruptUntil = Instant.MIN;

  private static final class Request {
    final long psmid;
    final byte[] message;
    final ApMask controlled;

    Request(long psmid, byte[] message, ApMask controlled) {
      this.psmid = psmid;
      this.message = message;
      this.controlled = controlled;
    }
  }

  private static final class Reply {
    final long psmid;
    byte[] rest;

    Reply(long psmid, byte[] rest) {
      this.psmid = psmid;
      this.rest = rest;
    }
  }

  QueueHardware(Apqn apqn, CardConfig card, CryptoService service, Environment environment) {
    this.apqn = apqn;
    this.card = card;
    this.service = service;
    this.environment = environment;
  }

  public Apqn apqn() {
    return apqn;
  }

  /** Returns its state, all of one moment. */
  public synchronized QueueState state() {
    return new QueueState(configured, checkstopped, isResetting(), interruptState(), requestCount);
  }

  private boolean isResetting() {
    return environment.clock.now().isBefore(resetUntil);
  }

  /** Whether a change of interrupt enablement is in progress, or has led to enablement. */
  private InterruptState interruptState() {
    boolean changing = environment.clock.now().isBefore(interruptUntil);
    if (interrupt.enable()) {
      return changing ? InterruptState.ENABLING : InterruptState.ON;
    }
    return changing ? InterruptState.DISABLING : InterruptState.OFF;
  }

  /** How many instructions of a kind it has seen. */
  public synchronized long issued(Instruction instruction) {
    return issued.getOrDefault(instruction, 0L);
  }

  synchronized void answerNext(Instruction instruction, List<ApStatus> answers) {
    prepared.computeIfAbsent(instruction, _ -> new ArrayDeque<>()).addAll(answers);
  }

  synchronized void setConfigured(boolean on) {
    configured = on;
    drop();
  }

  synchronized void setCheckstopped(boolean stopped) {
    checkstopped = stopped;
    drop();
  }

  /** Loses what is inside and disables interrupts. */
  synchronized void drop() {
    requests.clear();
    replies.clear();
    content++;
    interrupt = AdapterInterrupt.off();
    interruptUntil = Instant.MIN;
  }

  public synchronized TestedQueue tapq() {
    ApStatus status = answerFor(Instruction.TAPQ);
    if (status == null) {
      status = status(obstacle());
    }
    long facts = status.response() == ResponseCode.NOT_AVAILABLE ? 0 : card.facts();
    return new TestedQueue(status, facts);
  }

  /** RAPQ and ZAPQ: what a queue holds is not kept beyond either. */
  public synchronized ApStatus reset(Instruction which) {
    ApStatus answer = answerFor(which);
    if (answer != null) {
      return answer;
    }
    ResponseCode obstacle = obstacle();
    if (obstacle == ResponseCode.NORMAL) {
      drop();
      resetUntil = environment.clock.now().plus(environment.resetTime);
    }
    return status(obstacle);
  }

  public synchronized ApStatus aqic(AdapterInterrupt control) {
    ApStatus answer = answerFor(Instruction.AQIC);
    if (answer != null) {
      return answer;
    }
    ResponseCode obstacle = obstacle();
    if (obstacle != ResponseCode.NORMAL) {
      return status(obstacle);
    }
    InterruptState state = interruptState();
    if (state == InterruptState.ENABLING || state == InterruptState.DISABLING) {
      return status(ResponseCode.BUSY);
    }
    if (control.enable() == interrupt.enable()) {
      return status(ResponseCode.OTHERWISE_CHANGED);
    }
    if (control.enable() && control.gisa() == null) {
      return status(ResponseCode.INVALID_GISA);
    }
    if (control.enable() && !isMemory(control.nib())) {
      return status(ResponseCode.INVALID_ADDRESS);
    }
    interrupt = control;
    interruptUntil = environment.clock.now().plus(environment.interruptTime);
    return status(ResponseCode.NORMAL);
  }

  /**
   * Takes a message.
   *
   * @param controlled the control domains of whoever sends it
   */
  public synchronized ApStatus nqap(long psmid, byte[] message, ApMask controlled) {
    ApStatus answer = answerFor(Instruction.NQAP);
    if (answer != null) {
      return answer;
    }
    ResponseCode obstacle = obstacle();
    if (obstacle != ResponseCode.NORMAL) {
      return status(obstacle);
    }
    if (isFull()) {
      return status(ResponseCode.FULL_OR_NO_REPLY);
    }
    if (message.length > new TestedQueue(status(obstacle), card.facts()).messageLimit()) {
      return status(ResponseCode.MESSAGE_TOO_BIG);
    }
    Request request = new Request(psmid, message.clone(), controlled);
    if (requests.isEmpty()) {
      // First, as it fails if the host lends no thread; the work waits for the monitor.
      workOnOldest();
    }
    requests.add(request);
    requestCount++;
    return status(ResponseCode.NORMAL);
  }

  /** Takes a reply, or as much of it as fits. */
  public synchronized Dequeued dqap(int length) {
    ApStatus answer = answerFor(Instruction.DQAP);
    if (answer != null) {
      return Dequeued.nothing(answer);
    }
    ResponseCode obstacle = obstacle();
    if (obstacle != ResponseCode.NORMAL) {
      return Dequeued.nothing(status(obstacle));
    }
    Reply oldest = replies.peek();
    if (oldest == null) {
      return Dequeued.nothing(status(ResponseCode.FULL_OR_NO_REPLY));
    }
    int fits = Math.min(Math.max(length, 0), oldest.rest.length);
    byte[] part = Arrays.copyOf(oldest.rest, fits);
    oldest.rest = Arrays.copyOfRange(oldest.rest, fits, oldest.rest.length);
    if (oldest.rest.length == 0) {
      replies.remove();
      return new Dequeued(status(ResponseCode.NORMAL), oldest.psmid, part, 0);
    }
    return new Dequeued(status(ResponseCode.MORE), oldest.psmid, part, oldest.rest.length);
  }

  /** Has the oldest request answered when its time has come. */
  private void workOnOldest() {
    long mine = content;
    Runnable work = () -> environment.workers.submit(() -> answerOldest(mine));
    if (environment.messageTime.isZero()) {
      work.run();
    } else {
      environment.clock.schedule(environment.messageTime, work);
    }
  }

  private void answerOldest(long mine) {
    Request oldest;
    synchronized (this) {
      oldest = content == mine ? requests.peek() : null;
    }
    if (oldest == null) {
      return;
    }
    byte[] reply = service.answer(apqn.domain(), oldest.controlled, oldest.message);
    synchronized (this) {
      if (content == mine) {
        requests.remove();
        replies.add(new Reply(oldest.psmid, reply));
        announceReply();
        if (!requests.isEmpty()) {
          workOnOldest();
        }
      }
    }
  }

  private void announceReply() {
    Gisa gisa = interrupt.gisa();
    if (interruptState() == InterruptState.ON && gisa != null) {
      environment.memory.resolve(interrupt.nib(), 1).set(ValueLayout.JAVA_BYTE, 0, NOTIFIED);
      gisa.makePending(interrupt.guestIsc());
    }
  }

  private boolean isMemory(long address) {
    try {
      return environment.memory.resolve(address, 1).byteSize() == 1;
    } catch (ErrnoException none) {
      return false;
    }
  }

  private @Nullable ApStatus answerFor(Instruction instruction) {
    issued.merge(instruction, 1L, Long::sum);
    Deque<ApStatus> answers = prepared.get(instruction);
    return answers == null ? null : answers.poll();
  }

  private ResponseCode obstacle() {
    if (!configured) {
      return ResponseCode.DECONFIGURED;
    }
    if (checkstopped) {
      return ResponseCode.CHECKSTOPPED;
    }
    return isResetting() ? ResponseCode.RESET_IN_PROGRESS : ResponseCode.NORMAL;
  }

  private boolean isFull() {
    return requests.size() + replies.size() > card.depth();
  }

  private ApStatus status(ResponseCode response) {
    int flags = requests.isEmpty() && replies.isEmpty() ? ApStatus.EMPTY : 0;
    flags |= replies.isEmpty() ? 0 : ApStatus.REPLIES;
    flags |= isFull() ? ApStatus.FULL : 0;
    InterruptState interrupts = interruptState();
    boolean enabled = interrupts == InterruptState.ON || interrupts == InterruptState.DISABLING;
    return ApStatus.of(response, flags | (enabled ? ApStatus.INTERRUPTS : 0));
  }
}
