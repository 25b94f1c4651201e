// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.device.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.device.Background.pass;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mdev4j.device.Background;
import org.mdev4j.device.lifetime.Gate;
import org.mdev4j.device.lifetime.Scope;

/**
 * Every call of this module that waits without a limit and gives something back. An interrupt does
 * not end the wait, since what the caller waits for must be over when the call returns; it is kept
 * for the caller. A wait for a load ends with {@code EINTR}: see {@code ProgressTest}.
 */
class InterruptTest {
  private static final Executor THREADS = Background::run;

  /** A call that returns once {@code release} is open, and not before. */
  enum Call {
    GATE(InterruptTest::drainGate),
    SCOPE(
        release -> {
          Scope scope = new Scope("test");
          scope.onClose(() -> drainGate(release));
          scope.close();
        }),
    FLUSH(release -> busyQueue(release).flush()),
    QUEUE(release -> busyQueue(release).close()),
    CLOCK(InterruptTest::closeClock);

    private final Consumer<CountDownLatch> call;

    Call(Consumer<CountDownLatch> call) {
      this.call = call;
    }
  }

  @ParameterizedTest
  @EnumSource
  void anInterruptNeitherEndsTheWaitNorIsLost(Call call) {
    CountDownLatch release = new CountDownLatch(1);
    Background<Boolean> waiter =
        Background.call(
            () -> {
              call.call.accept(release);
              assertThat(release.getCount()).as("returned too early").isZero();
              return Thread.currentThread().isInterrupted();
            });
    try {
      waiter.awaitBlocked().interrupt();
      waiter.awaitBlocked();
    } finally {
      release.countDown();
    }
    assertThat(waiter.join()).as("still interrupted").isTrue();
  }

  private static void drainGate(CountDownLatch release) {
    Gate gate = new Gate();
    assertThat(gate.enter()).isTrue();
    THREADS.execute(
        () -> {
          pass(release);
          gate.leave();
        });
    gate.closeAndDrain();
  }

  private static WorkQueue busyQueue(CountDownLatch release) {
    WorkQueue queue = new WorkQueue("test", THREADS);
    assertThat(queue.submit(() -> pass(release))).isTrue();
    return queue;
  }

  private static void closeClock(CountDownLatch release) {
    ManualClock time = new ManualClock();
    LentClock clock = new LentClock("test", time, THREADS, (_, _) -> {});
    CountDownLatch inside = new CountDownLatch(1);
    HostClock.Timer _ =
        clock.schedule(
            Duration.ZERO,
            () -> {
              inside.countDown();
              pass(release);
            });
    time.advance(Duration.ZERO);
    pass(inside);
    clock.close();
  }
}
