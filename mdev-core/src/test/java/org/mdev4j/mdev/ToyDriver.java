package org.mdev4j.mdev;

import java.util.concurrent.atomic.AtomicInteger;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.vfio.model.DeviceApi;

/** A driver whose probe a test can replace. */
final class ToyDriver implements MdevDriver {
  /** What a probe does. */
  @FunctionalInterface
  interface Probe {
    MdevModel probe(MdevDevice mdev, Scope scope);
  }

  final AtomicInteger probes = new AtomicInteger();
  volatile Probe probe = (mdev, scope) -> model(mdev);
  volatile boolean removableInUse = true;
  private final String name;
  private final DeviceApi api;

  ToyDriver(String name, DeviceApi api) {
    this.name = name;
    this.api = api;
  }

  static MdevModel model(MdevDevice mdev) {
    return MdevModel.of(new ToyModel(mdev.name()));
  }

  @Override
  public String name() {
    return name;
  }

  @Override
  public DeviceApi deviceApi() {
    return api;
  }

  @Override
  public boolean removableInUse() {
    return removableInUse;
  }

  @Override
  public MdevModel probe(MdevDevice mdev, Scope scope) {
    probes.incrementAndGet();
    return probe.probe(mdev, scope);
  }
}
