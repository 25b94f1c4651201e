package org.mdev4j.vfio;

import org.jspecify.annotations.Nullable;
import org.mdev4j.device.host.WorkQueue;
import org.mdev4j.device.lifetime.FailureListener;
import org.mdev4j.vfio.dma.DeviceDma;
import org.mdev4j.vfio.irq.Interrupts;
import org.mdev4j.vfio.migration.DeviceFeatures;
import org.mdev4j.vfio.migration.DmaLogging;
import org.mdev4j.vfio.migration.Migration;
import org.mdev4j.vfio.model.DeviceContext;
import org.mdev4j.vfio.model.LogsDma;
import org.mdev4j.vfio.model.Migratable;
import org.mdev4j.vfio.model.PinsMemory;
import org.mdev4j.vfio.model.VfioDevice;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A device from its first open to its last close: its user's memory, interrupts and migration. All
 * files on the device share it; nothing of it is left for the next user.
 *
 * <p>Opened and closed under the monitor of {@link VfioRegistration}. Listeners to the interrupts
 * are the user's code and may never return, so they have threads of their own, which share nothing
 * with those that the host lends and waits for.
 */
final class DeviceSession implements DeviceContext, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(DeviceSession.class);

  /** Where a device's user has its memory. */
  @FunctionalInterface
  interface MemorySource {
    /**
     * The user's memory for a device.
     *
     * @param name the device's name
     * @param pins the device's side of unmapping, if it pins memory
     */
    DeviceDma attach(String name, @Nullable PinsMemory pins);
  }

  private final String name;
  private final VfioDevice model;
  private final DeviceDma dma;
  private final @Nullable Object guest;
  private final Interrupts interrupts;
  private final @Nullable Migration migration;
  private final @Nullable DmaLogging logging;
  private final DeviceFeatures features;
  private final FailureListener failures;

  private DeviceSession(
      String name,
      VfioDevice model,
      DeviceDma dma,
      @Nullable Object guest,
      FailureListener failures) {
    this.failures = failures;
    this.name = name;
    this.model = model;
    this.dma = dma;
    this.guest = guest;
    interrupts =
        new Interrupts(
            model.irqs(),
            new WorkQueue(
                "listeners of " + name,
                Thread.ofPlatform().daemon().name("listeners of " + name)::start,
                failures));
    migration =
        model instanceof Migratable migratable ? new Migration(migratable.migration()) : null;
    logging = model instanceof LogsDma logs ? new DmaLogging(logs.dmaLog()) : null;
    features = new DeviceFeatures(migration, logging);
  }

  static DeviceSession open(
      String name,
      VfioDevice model,
      MemorySource memory,
      @Nullable Object guest,
      FailureListener failures) {
    DeviceDma dma = memory.attach(name, model instanceof PinsMemory pins ? pins : null);
    try {
      DeviceSession session = new DeviceSession(name, model, dma, guest, failures);
      model.open(session);
      return session;
    } catch (Throwable failure) {
      dma.close();
      throw failure;
    }
  }

  @Override
  public DeviceDma dma() {
    return dma;
  }

  @Override
  public Interrupts interrupts() {
    return interrupts;
  }

  @Override
  public <G> @Nullable G guest(Class<G> type) {
    return type.isInstance(guest) ? type.cast(guest) : null;
  }

  @Nullable Migration migration() {
    return migration;
  }

  DeviceFeatures features() {
    return features;
  }

  @Override
  public void close() {
    if (logging != null) {
      end(logging::close);
    }
    if (migration != null) {
      end(migration::close);
    }
    end(model::close);
    end(dma::close);
    end(interrupts::disableAll);
  }

  /** Closing cannot fail: the user is gone whatever the model says. */
  private void end(Runnable step) {
    try {
      step.run();
    } catch (Throwable failure) {
      log.error("{}: close failed", name, failure);
      failures.failed("close of " + name, failure);
    }
  }
}
