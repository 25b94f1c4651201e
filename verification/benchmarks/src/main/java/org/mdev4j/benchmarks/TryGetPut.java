package org.mdev4j.benchmarks;

import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.mdev4j.vfio.Lease;
import org.mdev4j.vfio.Published;
import org.mdev4j.vfio.VfioRegistration;
import org.mdev4j.vfio.model.VfioDevice;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;

/** Taking a reference to a device and putting it, by the registration and as a callback does. */
@State(Scope.Benchmark)
public class TryGetPut {
  private final AtomicInteger count = new AtomicInteger();
  private final ToyHost toys = new ToyHost();
  private final UUID uuid = toys.create();
  private final VfioRegistration registration = toys.registration(uuid);
  private final Published<ToyModel> published = toys.model(uuid).published();

  @TearDown
  public void close() {
    toys.close();
  }

  /** The yardstick. */
  @Benchmark
  public int atomic() {
    count.incrementAndGet();
    return count.decrementAndGet();
  }

  @Benchmark
  public @Nullable Object registration() {
    try (Lease<VfioDevice> lease = registration.tryGet()) {
      return lease == null ? null : lease.get();
    }
  }

  @Benchmark
  public @Nullable Object published() {
    try (Lease<ToyModel> lease = published.tryGet()) {
      return lease == null ? null : lease.get();
    }
  }
}
