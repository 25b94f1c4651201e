package org.mdev4j.vfio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.host.ManualClock;

@DisplayName("vfio 1.1, 1.4: the registration count")
class UseCountTest {
  private final ManualClock clock = new ManualClock();
  private final UseCount uses = new UseCount();

  @Test
  @DisplayName("1.1: zero before registration, where nobody can refer to the device")
  void refusesBeforeTheStart() {
    assertThat(uses.tryGet()).isFalse();
    assertThat(uses.get()).isZero();
  }

  @Test
  @DisplayName("1.1: one at registration, +1 for every get, -1 for every put")
  void countsUsers() {
    uses.start();
    assertThat(uses.get()).isEqualTo(1);
    assertThat(uses.tryGet()).isTrue();
    assertThat(uses.tryGet()).isTrue();
    assertThat(uses.get()).isEqualTo(3);
    uses.put();
    assertThat(uses.get()).isEqualTo(2);
  }

  @Test
  @DisplayName("1.4: once drained it never revives")
  void staysDrained() {
    uses.start();
    drain();
    assertThat(uses.get()).isZero();
    for (int i = 0; i < 3; i++) {
      assertThat(uses.tryGet()).isFalse();
    }
    assertThat(uses.get()).isZero();
  }

  @Test
  @DisplayName("1.4: while unregister waits a get still succeeds; it fails once the count is zero")
  void getsWhileDraining() throws Exception {
    uses.start();
    assertThat(uses.tryGet()).isTrue();
    Background<Void> drainer = Background.run(this::drain);
    drainer.awaitStandingIn(UseCount.class, "drain");
    assertThat(uses.tryGet()).isTrue();
    uses.put();
    assertThat(drainer.isDone()).isFalse();
    uses.put();
    drainer.join();
    assertThat(uses.tryGet()).isFalse();
  }

  @Test
  @DisplayName(
      "1.4 [own]: one put too many is refused; the count is not negative, zero is terminal")
  void refusesOnePutTooMany() {
    uses.start();
    drain();
    assertThatIllegalStateException().isThrownBy(uses::put);
    assertThat(uses.get()).isZero();
    assertThat(uses.tryGet()).isFalse();
    assertThat(uses.tryGet()).isFalse();
  }

  @Test
  @DisplayName("1.4: whoever races with a drain has either a reference that it waits for, or none")
  void racesWithDrain() throws Exception {
    for (int round = 0; round < 300; round++) {
      UseCount raced = new UseCount();
      raced.start();
      AtomicBoolean drained = new AtomicBoolean();
      AtomicInteger late = new AtomicInteger();
      CountDownLatch go = new CountDownLatch(1);
      List<Background<Void>> users = new ArrayList<>();
      for (int user = 0; user < 3; user++) {
        users.add(
            Background.call(
                () -> {
                  go.await();
                  while (raced.tryGet()) {
                    if (drained.get()) {
                      late.incrementAndGet();
                    }
                    raced.put();
                  }
                  return null;
                }));
      }
      go.countDown();
      // The clock stands still, so only the last put can end the wait.
      raced.drain(clock, Duration.ofSeconds(10), ignored -> {});
      drained.set(true);
      for (Background<Void> user : users) {
        user.join();
      }
      assertThat(late).hasValue(0);
      assertThat(raced.get()).isZero();
      assertThat(clock.timers()).isZero();
    }
  }

  private void drain() {
    uses.drain(clock, Duration.ofSeconds(10), ignored -> {});
  }
}
