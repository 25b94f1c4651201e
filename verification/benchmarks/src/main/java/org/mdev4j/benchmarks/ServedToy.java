package org.mdev4j.benchmarks;

import java.util.UUID;
import org.mdev4j.device.host.Host;
import org.mdev4j.vfio.dma.DeviceDma;

/** A host with toy devices, for whoever serves them elsewhere. */
public final class ServedToy implements AutoCloseable {
  private final ToyHost toys = new ToyHost();

  public ServedToy() {}

  public Host host() {
    return toys.host();
  }

  /** Creates a device; its name. */
  public UUID create() {
    return toys.create();
  }

  /** A device's way to the memory of who has opened it. */
  public DeviceDma dma(UUID uuid) {
    return toys.model(uuid).context().dma();
  }

  /** Runs {@code action} when the register at offset 252 of a device is written. */
  public void onDoorbell(UUID uuid, Runnable action) {
    toys.model(uuid).onDoorbell(action);
  }

  @Override
  public void close() {
    toys.close();
  }
}
