package org.mdev4j.benchmarks;

import java.util.UUID;
import org.mdev4j.device.host.Host;

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

  @Override
  public void close() {
    toys.close();
  }
}
