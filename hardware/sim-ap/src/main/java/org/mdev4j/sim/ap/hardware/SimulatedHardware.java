package org.mdev4j.sim.ap.hardware;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import org.jspecify.annotations.Nullable;
import org.mdev4j.ap.AdapterInterrupt;
import org.mdev4j.ap.ApMatrix;
import org.mdev4j.ap.ApStatus;
import org.mdev4j.ap.Apqn;
import org.mdev4j.ap.Dequeued;
import org.mdev4j.ap.QciInfo;
import org.mdev4j.ap.ResponseCode;
import org.mdev4j.ap.TestedQueue;
import org.mdev4j.ap.hardware.ApHardware;
import org.mdev4j.ap.hardware.QueueState;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.HostClock;
import org.mdev4j.device.host.HostMemory;
import org.mdev4j.device.host.WorkQueue;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.sim.ap.Instruction;
import org.mdev4j.sim.ap.config.ApConfig;
import org.mdev4j.sim.ap.config.CardConfig;

/**
 * The machine: its cards, what of them is configured, and the instructions, which work on behalf of
 * the host or of a guest whose masks the caller has looked at.
 *
 * <h2>Thread safety</h2>
 *
 * Cards are in a concurrent map; the configuration is one volatile value. Each queue has a lock of
 * its own. A configuration is changed under this object's monitor.
 */
public final class SimulatedHardware implements ApHardware {
  private final Environment environment;
  private final ConcurrentMap<Integer, Card> cards = new ConcurrentHashMap<>();
  private final ApMatrix reserved;
  private volatile QciInfo configuration;
  private volatile Runnable listener = () -> {};

  private static final class Card {
    final CardConfig config;
    final CryptoService service;
    final ConcurrentMap<Integer, QueueHardware> queues = new ConcurrentHashMap<>();

    Card(CardConfig config) {
      this.config = config;
      service = new CryptoService(config);
    }
  }

  public SimulatedHardware(ApConfig config, HostClock clock, HostMemory memory, WorkQueue workers) {
    environment = new Environment(clock, memory, workers);
    configuration = config.host();
    reserved = config.reserved();
    config.cards().forEach(card -> cards.put(card.adapter(), new Card(card)));
  }

  @Override
  public QciInfo configuration() {
    return configuration;
  }

  @Override
  public ApMatrix reserved() {
    return reserved;
  }

  @Override
  public void onChange(Scope scope, Runnable told) {
    listener = told;
    scope.onClose(() -> listener = () -> {});
  }

  /** Has the host look at the configuration now. */
  public void report() {
    listener.run();
  }

  /** Returns what QCI tells: all zero without it. */
  @Override
  public QciInfo qci() {
    QciInfo now = configuration;
    return now.available() ? now : QciInfo.NONE;
  }

  /** Changes what is configured, and reports that. Queues that leave lose what is in them. */
  public void configure(ApMatrix matrix) {
    change(matrix);
    report();
  }

  private synchronized void change(ApMatrix matrix) {
    ApMatrix before = configuration.matrix();
    configuration = configuration.with(matrix);
    for (Apqn apqn : before.queues()) {
      QueueHardware queue = matrix.has(apqn) ? null : queueOf(apqn);
      if (queue != null) {
        queue.drop();
      }
    }
  }

  /** Puts a card in, configures it, and reports that; one that is there goes with its contents. */
  public void plug(CardConfig card) {
    insert(card);
    report();
  }

  private synchronized void insert(CardConfig card) {
    Card before = cards.put(card.adapter(), new Card(card));
    if (before != null) {
      before.queues.values().forEach(QueueHardware::drop);
    }
    ApMatrix matrix = configuration.matrix();
    configuration = configuration.with(matrix.withAdapters(matrix.apm().with(card.adapter())));
  }

  @Override
  public void setConfigured(int adapter, boolean on) {
    if (!cards.containsKey(adapter)) {
      throw new ErrnoException(Errno.ENODEV, "there is no card " + adapter);
    }
    // Those of domains that come later count as well.
    for (int domain = 0; domain <= configuration.maxDomain(); domain++) {
      queue(new Apqn(adapter, domain)).setConfigured(on);
    }
  }

  /** Configures one queue on or off. See {@link #queue} for what it throws. */
  public void setConfigured(Apqn apqn, boolean on) {
    queue(apqn).setConfigured(on);
  }

  /** Stops a queue, or repairs it. See {@link #queue} for what it throws. */
  public void setCheckstopped(Apqn apqn, boolean stopped) {
    queue(apqn).setCheckstopped(stopped);
  }

  /** Has the next instructions answered so. See {@link #queue} for what it throws. */
  public void answerNext(Apqn apqn, Instruction instruction, List<ApStatus> answers) {
    queue(apqn).answerNext(instruction, answers);
  }

  /** How long messages, resets, and changes of interrupt enablement take. */
  public void setTimes(Duration message, Duration reset, Duration interrupts) {
    environment.messageTime = message;
    environment.resetTime = reset;
    environment.interruptTime = interrupts;
  }

  /**
   * A queue of a card that is there, configured or not.
   *
   * @throws ErrnoException {@code ENODEV} if there is no such card
   */
  public QueueHardware queue(Apqn apqn) {
    QueueHardware queue = queueOf(apqn);
    if (queue == null) {
      throw new ErrnoException(Errno.ENODEV, "there is no card for queue " + apqn);
    }
    return queue;
  }

  /** Whether a queue is configured and its card there. */
  public boolean isAvailable(Apqn apqn) {
    return configuration.matrix().has(apqn) && cards.containsKey(apqn.adapter());
  }

  @Override
  public QueueState state(Apqn apqn) {
    return queue(apqn).state();
  }

  @Override
  public TestedQueue tapq(Apqn apqn) {
    QueueHardware queue = available(apqn);
    return queue == null
        ? new TestedQueue(ApStatus.of(ResponseCode.NOT_AVAILABLE), 0)
        : queue.tapq();
  }

  @Override
  public ApStatus rapq(Apqn apqn) {
    return reset(apqn, Instruction.RAPQ);
  }

  @Override
  public ApStatus zapq(Apqn apqn) {
    return reset(apqn, Instruction.ZAPQ);
  }

  private ApStatus reset(Apqn apqn, Instruction which) {
    QueueHardware queue = available(apqn);
    return queue == null ? ApStatus.of(ResponseCode.NOT_AVAILABLE) : queue.reset(which);
  }

  @Override
  public ApStatus aqic(Apqn apqn, AdapterInterrupt control) {
    QueueHardware queue = available(apqn);
    return queue == null ? ApStatus.of(ResponseCode.NOT_AVAILABLE) : queue.aqic(control);
  }

  @Override
  public ApStatus nqap(Apqn apqn, long psmid, byte[] message) {
    return nqap(apqn, psmid, message, configuration.matrix());
  }

  /**
   * NQAP on behalf of a guest.
   *
   * @param sender what the sender may use: its control domains go with the message
   */
  public ApStatus nqap(Apqn apqn, long psmid, byte[] message, ApMatrix sender) {
    QueueHardware queue = available(apqn);
    return queue == null
        ? ApStatus.of(ResponseCode.NOT_AVAILABLE)
        : queue.nqap(psmid, message, sender.adm());
  }

  @Override
  public Dequeued dqap(Apqn apqn, int length) {
    QueueHardware queue = available(apqn);
    return queue == null
        ? Dequeued.nothing(ApStatus.of(ResponseCode.NOT_AVAILABLE))
        : queue.dqap(length);
  }

  private @Nullable QueueHardware available(Apqn apqn) {
    return configuration.matrix().has(apqn) ? queueOf(apqn) : null;
  }

  private @Nullable QueueHardware queueOf(Apqn apqn) {
    Card card = cards.get(apqn.adapter());
    return card == null
        ? null
        : card.queues.computeIfAbsent(
            apqn.domain(), _ -> new QueueHardware(apqn, card.config, card.service, environment));
  }
}
