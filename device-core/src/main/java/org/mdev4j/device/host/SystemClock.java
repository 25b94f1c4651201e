package org.mdev4j.device.host;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The machine's time. One daemon thread runs all actions, so they only hand over what may block;
 * see {@link LentClock}.
 */
final class SystemClock implements HostClock, AutoCloseable {
  private final ScheduledThreadPoolExecutor timers;

  SystemClock(String hostName) {
    timers =
        new ScheduledThreadPoolExecutor(
            1, Thread.ofPlatform().daemon().name(hostName + "-clock").factory());
    timers.setRemoveOnCancelPolicy(true);
    // Now rather than with the first timer: a timer that was set needs no further thread.
    timers.prestartCoreThread();
  }

  @Override
  public Instant now() {
    return Instant.now();
  }

  @Override
  public Timer schedule(Duration delay, Runnable action) {
    ScheduledFuture<?> future = timers.schedule(action, delay.toNanos(), TimeUnit.NANOSECONDS);
    return () -> future.cancel(false);
  }

  @Override
  public void close() {
    timers.shutdownNow();
  }
}
