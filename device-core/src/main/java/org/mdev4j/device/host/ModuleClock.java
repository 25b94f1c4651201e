// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.device.host;

import java.time.Duration;
import java.time.Instant;
import org.mdev4j.device.lifetime.Activity;
import org.mdev4j.device.lifetime.Drained;
import org.mdev4j.device.lifetime.Gate;

/**
 * The host's clock as one module sees it: once it is closed none of the module's timers runs any
 * more. The module's scope closes it last.
 *
 * <p>Thread-safe: a gate lets timers in.
 */
final class ModuleClock implements HostClock, Drained {
  private final String module;
  private final HostClock clock;
  private final Gate gate = new Gate();

  ModuleClock(String module, HostClock clock) {
    this.module = module;
    this.clock = clock;
  }

  @Override
  public Instant now() {
    return clock.now();
  }

  @Override
  public Timer schedule(Duration delay, Runnable action) {
    return clock.schedule(delay, () -> run(action));
  }

  private void run(Runnable action) {
    if (gate.enter()) {
      try {
        Activity.run("timer", this, action);
      } finally {
        gate.leave();
      }
    }
  }

  @Override
  public boolean waitsFor(Object place) {
    return place == this;
  }

  @Override
  public void close() {
    Activity.refuseSelfWait(() -> "the end of the timers of module " + module, this::waitsFor);
    gate.closeAndDrain(this, () -> "a timer of module " + module + " that is running");
  }

  @Override
  public String toString() {
    return "module " + module;
  }
}
