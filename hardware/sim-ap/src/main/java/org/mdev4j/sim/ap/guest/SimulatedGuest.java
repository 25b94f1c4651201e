package org.mdev4j.sim.ap.guest;

import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.ReentrantLock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.mdev4j.ap.ApGuest;
import org.mdev4j.ap.ApMask;
import org.mdev4j.ap.ApMatrix;
import org.mdev4j.ap.ApStatus;
import org.mdev4j.ap.Apqn;
import org.mdev4j.ap.AqicHook;
import org.mdev4j.ap.Dequeued;
import org.mdev4j.ap.Gisa;
import org.mdev4j.ap.GuestFeatures;
import org.mdev4j.ap.PqapResult;
import org.mdev4j.ap.QciInfo;
import org.mdev4j.ap.ResponseCode;
import org.mdev4j.ap.TestedQueue;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.sim.ap.hardware.SimulatedHardware;

/**
 * A guest on the simulated hardware.
 *
 * <h2>Thread safety</h2>
 *
 * {@code processors} lets instructions in together and the loading of the APCB alone. {@code
 * hookLock} is held for reading while the AQIC hook runs and for writing while it is changed. An
 * intercepted instruction has left its processor, so it holds the second only. {@code apcb} is
 * volatile for those who only look. Interrupts have the monitor of {@link InterruptState}, a leaf.
 */
public final class SimulatedGuest implements ApGuest {
  private static final int BASIC_ADAPTERS = 64;
  private static final int BASIC_DOMAINS = 16;

  private final String name;
  private final GuestFeatures features;
  private final SimulatedHardware hardware;
  private final Runnable onStop;
  private final ReentrantLock lock = new ReentrantLock();
  private final ReentrantReadWriteLock processors = new ReentrantReadWriteLock();
  private final ReentrantReadWriteLock hookLock = new ReentrantReadWriteLock();
  private final InterruptState interrupts = new InterruptState();
  private @Nullable AqicHook hook;
  private volatile ApMatrix apcb = ApMatrix.EMPTY;
  private final AtomicInteger loads = new AtomicInteger();

  /**
   * @param onStop what to do when it is stopped
   */
  public SimulatedGuest(
      String name, GuestFeatures features, SimulatedHardware hardware, Runnable onStop) {
    this.name = name;
    this.features = features;
    this.hardware = hardware;
    this.onStop = onStop;
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public GuestFeatures features() {
    return features;
  }

  @Override
  public ReentrantLock lock() {
    return lock;
  }

  @Override
  public ApMatrix masks() {
    return apcb;
  }

  @Override
  public int loads() {
    return loads.get();
  }

  @Override
  public void load(ApMatrix masks) {
    processors.writeLock().lock();
    try {
      apcb = features.apxa() ? masks : masks.and(basic());
      loads.incrementAndGet();
    } finally {
      processors.writeLock().unlock();
    }
  }

  @Override
  public boolean installHook(AqicHook handler) {
    hookLock.writeLock().lock();
    try {
      if (hook != null) {
        return false;
      }
      hook = handler;
      return true;
    } finally {
      hookLock.writeLock().unlock();
    }
  }

  @Override
  public void removeHook() {
    hookLock.writeLock().lock();
    try {
      hook = null;
    } finally {
      hookLock.writeLock().unlock();
    }
  }

  @Override
  public int registerIsc(int isc) {
    if (!features.gisa()) {
      throw new ErrnoException(Errno.ENODEV, "guest " + name + " has no interruption state area");
    }
    return interrupts.register(isc);
  }

  @Override
  public void unregisterIsc(int isc) {
    interrupts.unregister(isc);
  }

  @Override
  public int iscReferences() {
    return interrupts.references();
  }

  @Override
  public @Nullable Gisa gisa() {
    return features.gisa() ? interrupts : null;
  }

  @Override
  public boolean takeInterrupt(int isc) {
    return interrupts.take(isc);
  }

  @Override
  public QciInfo qci() {
    QciInfo host = hardware.qci();
    return host.equals(QciInfo.NONE)
        ? host
        : new QciInfo(true, features.apxa() && host.apxa(), host.na(), host.nd(), apcb);
  }

  @Override
  public TestedQueue tapq(Apqn apqn) {
    return issue(apqn, () -> hardware.tapq(apqn), unavailable -> new TestedQueue(unavailable, 0));
  }

  @Override
  public ApStatus rapq(Apqn apqn) {
    return issue(apqn, () -> hardware.rapq(apqn), Function.identity());
  }

  @Override
  public ApStatus zapq(Apqn apqn) {
    return issue(apqn, () -> hardware.zapq(apqn), Function.identity());
  }

  @Override
  public ApStatus nqap(Apqn apqn, long psmid, byte[] message) {
    return issue(apqn, () -> hardware.nqap(apqn, psmid, message, apcb), Function.identity());
  }

  @Override
  public Dequeued dqap(Apqn apqn, int length) {
    return issue(apqn, () -> hardware.dqap(apqn, length), Dequeued::nothing);
  }

  @Override
  public ApStatus aqic(Apqn apqn, boolean enable, int isc, long nib) {
    PqapResult result = pqap(Pqap.aqic(apqn), Pqap.control(enable, isc), nib, false);
    return result.kind() == PqapResult.Kind.DONE
        ? result.status()
        : ApStatus.of(ResponseCode.FACILITY_MISSING);
  }

  @Override
  public PqapResult pqap(long gr0, long gr1, long gr2, boolean problemState) {
    PqapResult refusal = Pqap.check(features, gr0, problemState);
    if (refusal != null) {
      return refusal;
    }
    hookLock.readLock().lock();
    try {
      AqicHook handler = hook;
      if (handler == null) {
        return PqapResult.done(ApStatus.of(ResponseCode.NOT_AVAILABLE));
      }
      if (!features.adapterInterrupts()) {
        return PqapResult.notDone(PqapResult.Kind.NOT_HANDLED);
      }
      return PqapResult.done(
          handler.aqic(Apqn.of((int) gr0), Pqap.enables(gr1), Pqap.isc(gr1), gr2));
    } finally {
      hookLock.readLock().unlock();
    }
  }

  @Override
  public void close() {
    hookLock.readLock().lock();
    try {
      if (hook != null) {
        throw new ErrnoException(Errno.EBUSY, "a device is open for guest " + name);
      }
    } finally {
      hookLock.readLock().unlock();
    }
    onStop.run();
  }

  /** Issues an instruction on a processor, if the queue is in the APCB. */
  private <T> T issue(Apqn apqn, Supplier<T> instruction, Function<ApStatus, T> unavailable) {
    processors.readLock().lock();
    try {
      return apcb.has(apqn)
          ? instruction.get()
          : unavailable.apply(ApStatus.of(ResponseCode.NOT_AVAILABLE));
    } finally {
      processors.readLock().unlock();
    }
  }

  private static ApMatrix basic() {
    ApMask domains = ApMask.first(BASIC_DOMAINS);
    return new ApMatrix(ApMask.first(BASIC_ADAPTERS), domains, domains);
  }

  @Override
  public String toString() {
    return "guest " + name;
  }
}
