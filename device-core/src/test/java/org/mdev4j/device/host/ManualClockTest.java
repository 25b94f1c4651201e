package org.mdev4j.device.host;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.Background;

class ManualClockTest {
  private final ManualClock clock = new ManualClock();
  private final List<String> ran = new ArrayList<>();

  private void at(int seconds, String what) {
    HostClock.Timer _ =
        clock.schedule(
            Duration.ofSeconds(seconds), () -> ran.add(what + "@" + clock.now().getEpochSecond()));
  }

  @Test
  void standsStillUntilItIsTold() {
    assertThat(clock.now()).isEqualTo(Instant.EPOCH);
    clock.advance(Duration.ofMillis(1500));
    assertThat(clock.now()).isEqualTo(Instant.ofEpochMilli(1500));
    assertThat(new ManualClock(Instant.ofEpochSecond(9)).now()).isEqualTo(Instant.ofEpochSecond(9));
  }

  @Test
  void runsTimersInTheOrderOfTheirTime() {
    at(3, "c");
    at(1, "a");
    at(2, "b1");
    at(2, "b2");
    at(4, "d");

    clock.advance(Duration.ofSeconds(3));

    assertThat(ran).containsExactly("a@1", "b1@2", "b2@2", "c@3");
    assertThat(clock.timers()).isEqualTo(1);
    clock.advance(Duration.ofSeconds(3));
    assertThat(ran).last().isEqualTo("d@4");
    assertThat(clock.now()).isEqualTo(Instant.ofEpochSecond(6));
  }

  @Test
  void aTimerRunsOnce() {
    at(1, "a");

    clock.advance(Duration.ofSeconds(1));
    clock.advance(Duration.ofSeconds(10));

    assertThat(ran).containsExactly("a@1");
  }

  @Test
  void aCancelledTimerDoesNotRun() {
    HostClock.Timer timer = clock.schedule(Duration.ofSeconds(1), () -> ran.add("cancelled"));
    at(1, "a");

    timer.cancel();
    timer.cancel();
    clock.advance(Duration.ofSeconds(1));

    assertThat(ran).containsExactly("a@1");
  }

  @Test
  void aTimerMaySetAnother() {
    HostClock.Timer _ =
        clock.schedule(
            Duration.ofSeconds(1),
            () -> {
              at(1, "second");
              at(9, "late");
            });

    clock.advance(Duration.ofSeconds(5));

    assertThat(ran).containsExactly("second@2");
  }

  @Test
  void timeNeverGoesBack() {
    HostClock.Timer _ =
        clock.schedule(Duration.ofSeconds(1), () -> clock.advance(Duration.ofSeconds(20)));

    clock.advance(Duration.ofSeconds(5));
    assertThat(clock.now()).isEqualTo(Instant.ofEpochSecond(21));

    at(-5, "overdue");
    clock.advance(Duration.ZERO);
    assertThat(ran).containsExactly("overdue@21");
  }

  @Test
  void onesCanWaitUntilSomebodyWaitsForTheTime() {
    Background<Void> waiter =
        Background.call(
            () -> {
              clock.awaitTimers(2);
              return null;
            });
    waiter.awaitBlocked();
    at(1, "a");
    waiter.awaitBlocked();
    at(1, "b");

    waiter.join();
  }
}
