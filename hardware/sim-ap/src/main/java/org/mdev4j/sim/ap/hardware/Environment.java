package org.mdev4j.sim.ap.hardware;

import java.time.Duration;
import org.mdev4j.device.host.HostClock;
import org.mdev4j.device.host.HostMemory;
import org.mdev4j.device.host.WorkQueue;

/**
 * What all queues of a machine use: the host's clock, memory and a thread for the workers, and how
 * long things take.
 *
 * <p>Thread-safe.
 */
final class Environment {
  final HostClock clock;
  final HostMemory memory;
  final WorkQueue workers;
  volatile Duration messageTime = Duration.ZERO;
  volatile Duration resetTime = Duration.ZERO;
  volatile Duration interruptTime = Duration.ZERO;

  Environment(HostClock clock, HostMemory memory, WorkQueue workers) {
    this.clock = clock;
    this.memory = memory;
    this.workers = workers;
  }
}
