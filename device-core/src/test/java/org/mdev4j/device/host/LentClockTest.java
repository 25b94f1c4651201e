// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.device.host;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mdev4j.device.Background.pass;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.device.Background;

class LentClockTest {
  private static final Duration SECOND = Duration.ofSeconds(1);

  private final ManualClock time = new ManualClock();
  private final Queue<Runnable> handedOver = new ArrayDeque<>();
  private final List<String> failures = Collections.synchronizedList(new ArrayList<>());
  private final List<String> log = Collections.synchronizedList(new ArrayList<>());
  private final LentClock clock = lend(handedOver::add);

  private LentClock lend(Executor threads) {
    return new LentClock("module mtty", time, threads, this::failed);
  }

  private void failed(String what, Throwable failure) {
    failures.add(what + ": " + failure.getMessage());
  }

  private HostClock.Timer schedule(String what) {
    return clock.schedule(SECOND, () -> log.add(what));
  }

  private void runHandedOver() {
    for (Runnable next = handedOver.poll(); next != null; next = handedOver.poll()) {
      next.run();
    }
  }

  @Test
  void anActionRunsOnAThreadThatIsLent() {
    HostClock.Timer _ = schedule("a");
    assertThat(clock.now()).isEqualTo(Instant.EPOCH);

    time.advance(SECOND);

    assertThat(clock.now()).isEqualTo(Instant.ofEpochSecond(1));
    assertThat(log).as("on the clock's thread").isEmpty();
    runHandedOver();
    assertThat(log).containsExactly("a");
  }

  @Test
  void aCancelledActionDoesNotRunEvenIfItWasHandedOver() {
    HostClock.Timer early = schedule("early");
    HostClock.Timer late = schedule("late");
    early.cancel();
    assertThat(time.timers()).isEqualTo(1);
    time.advance(SECOND);

    late.cancel();
    late.cancel();
    runHandedOver();

    assertThat(log).isEmpty();
  }

  @Test
  void whatAnActionThrowsIsReported() {
    HostClock.Timer _ =
        clock.schedule(
            SECOND,
            () -> {
              throw new IllegalStateException("bug");
            });
    HostClock.Timer _ =
        clock.schedule(
            SECOND,
            () -> {
              throw new AssertionError("worse");
            });
    HostClock.Timer _ = schedule("next");
    time.advance(SECOND);

    runHandedOver();

    assertThat(failures)
        .containsExactly("a timer of module mtty: bug", "a timer of module mtty: worse");
    assertThat(log).containsExactly("next");
    clock.close();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void anActionForWhichNoThreadIsLentRunsOnTheClocksThread(boolean outOfMemory) {
    LentClock poor =
        lend(
            _ -> {
              if (outOfMemory) {
                throw new OutOfMemoryError("unable to create native thread");
              }
              throw new RejectedExecutionException("shut down");
            });
    HostClock.Timer _ = poor.schedule(SECOND, () -> log.add("a"));

    time.advance(SECOND);

    assertThat(log).containsExactly("a");
  }

  @Test
  void closingCancelsWhatWaitsAndCountsIt() {
    HostClock.Timer _ = schedule("handed over");
    time.advance(SECOND);
    HostClock.Timer _ = schedule("waits");
    schedule("cancelled").cancel();

    clock.close();

    assertThat(clock.left()).isEqualTo(2);
    assertThat(time.timers()).isZero();
    runHandedOver();
    assertThat(log).isEmpty();
    clock.close();
    assertThat(clock.left()).isEqualTo(2);
  }

  @Test
  void closingWaitsForAnActionThatRuns() {
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch release = new CountDownLatch(1);
    HostClock.Timer _ =
        clock.schedule(
            SECOND,
            () -> {
              inside.countDown();
              pass(release);
              log.add("done");
            });
    time.advance(SECOND);
    Background<Void> runner = Background.run(this::runHandedOver);
    pass(inside);

    Background<Void> closer =
        Background.run(
                () -> {
                  clock.close();
                  log.add("closed");
                })
            .awaitBlocked();

    release.countDown();
    closer.join();
    runner.join();
    assertThat(log).containsExactly("done", "closed");
    assertThat(clock.left()).isZero();
  }

  @Test
  void aClosedClockTakesNoTimer() {
    clock.close();

    assertThatIllegalStateException()
        .isThrownBy(() -> schedule("late"))
        .withMessage("the clock of module mtty is closed");

    assertThat(time.timers()).isZero();
  }

  @Test
  void aCloseBetweenTheTwoStepsOfASchedulingLeavesNoTimer() {
    AtomicReference<LentClock> closed = new AtomicReference<>();
    HostClock closing =
        new HostClock() {
          @Override
          public Instant now() {
            return Instant.EPOCH;
          }

          @Override
          public Timer schedule(Duration delay, Runnable action) {
            closed.get().close();
            return () -> log.add("cancelled");
          }
        };
    closed.set(new LentClock("module mtty", closing, Runnable::run, this::failed));

    assertThatIllegalStateException()
        .isThrownBy(() -> closed.get().schedule(SECOND, () -> log.add("ran")));

    assertThat(log).contains("cancelled").doesNotContain("ran");
    assertThat(closed.get().left()).isEqualTo(1);
  }

  @Test
  void aTimerThatCannotBeSetLeavesNothing() {
    HostClock refusing =
        new HostClock() {
          @Override
          public Instant now() {
            return Instant.EPOCH;
          }

          @Override
          public Timer schedule(Duration delay, Runnable action) {
            throw new OutOfMemoryError("no room for a timer");
          }
        };
    LentClock poor = new LentClock("module mtty", refusing, Runnable::run, this::failed);

    assertThatThrownBy(() -> poor.schedule(SECOND, () -> log.add("ran")))
        .hasMessage("no room for a timer");

    poor.close();
    assertThat(poor.left()).isZero();
  }

  @Test
  void onAHostAnActionThatBlocksDelaysNoOther() {
    CountDownLatch inside = new CountDownLatch(2);
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch others = new CountDownLatch(3);
    Runnable blocks =
        () -> {
          inside.countDown();
          pass(release);
        };
    AtomicReference<HostClock> mtty = new AtomicReference<>();
    AtomicReference<HostClock> mdpy = new AtomicReference<>();
    try (Host host =
        Host.builder()
            .withoutDiscovery()
            .module(TestModule.of("mtty", context -> mtty.set(context.clock())))
            .module(TestModule.of("mdpy", context -> mdpy.set(context.clock())))
            .start()) {
      try {
        host.modules().modprobe("mtty");
        host.modules().modprobe("mdpy");
        HostClock.Timer _ = mtty.get().schedule(Duration.ZERO, blocks);
        HostClock.Timer _ = host.clock().schedule(Duration.ZERO, blocks);
        pass(inside);

        for (HostClock each : List.of(mtty.get(), mdpy.get(), host.clock())) {
          HostClock.Timer _ = each.schedule(Duration.ZERO, others::countDown);
        }

        pass(others);
      } finally {
        release.countDown();
      }
    }
  }

  @Test
  void onAHostAFailureReachesItsTracing() {
    CountDownLatch reported = new CountDownLatch(2);
    try (Host host = Host.builder().name("one").withoutDiscovery().start();
        Tracing.Listening _ =
            host.tracing()
                .onFailure(
                    (what, failure) -> {
                      failed(what, failure);
                      reported.countDown();
                    })) {
      Runnable fails =
          () -> {
            throw new IllegalStateException("bug");
          };
      HostClock.Timer _ = host.clock().schedule(Duration.ZERO, fails);
      HostClock.Timer _ = host.clock().schedule(Duration.ofMillis(1), fails);

      pass(reported);
    }
    assertThat(failures).containsOnly("a timer of host one: bug").hasSize(2);
  }
}
