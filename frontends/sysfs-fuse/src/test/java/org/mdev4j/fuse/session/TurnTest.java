package org.mdev4j.fuse.session;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mdev4j.testkit.host.Background;

@Timeout(value = 120, unit = SECONDS)
class TurnTest {
  private static final int THREADS = 4;
  private static final int REQUESTS = 20_000;

  private final Turn turn = new Turn();

  @Test
  void isKeptWhileNobodyElseWantsIt() {
    long mine = turn.take();
    for (int i = 0; i < 1000; i++) {
      turn.begin(mine);
      mine = turn.goOn(mine);
      assertThat(mine).isNotEqualTo(Turn.NONE);
    }
  }

  @Test
  void isNotTakenFromOneThatReads() {
    long mine = turn.take();
    Background<Long> other = Background.call(turn::take);
    LockSupport.parkNanos(20 * Turn.PATIENCE);
    assertThat(other.isDone()).isFalse();
    turn.end();
    assertThat(other.join()).isEqualTo(Turn.NONE);
    turn.begin(mine);
  }

  @Test
  void isGivenToWhoWaits() {
    long mine = turn.take();
    Background<Long> other = Background.call(turn::take);
    turn.begin(mine);
    turn.stepAside();
    assertThat(other.join()).isNotEqualTo(Turn.NONE);
    assertThat(turn.goOn(mine)).isEqualTo(Turn.NONE);
  }

  @Test
  void isGivenToWhoComesLater() {
    long mine = turn.take();
    turn.begin(mine);
    turn.stepAside();
    assertThat(turn.take()).isNotEqualTo(Turn.NONE);
    assertThat(turn.goOn(mine)).isEqualTo(Turn.NONE);
  }

  @Test
  void isLostByWhoIsAtARequestForLong() {
    long mine = turn.take();
    turn.begin(mine);
    long others = Background.call(turn::take).join();
    assertThat(others).isNotEqualTo(Turn.NONE);
    assertThat(turn.goOn(mine)).isEqualTo(Turn.NONE);
    turn.begin(others);
    assertThat(turn.goOn(others)).isNotEqualTo(Turn.NONE);
  }

  @Test
  void nobodyWatchesOneThatSleeps() {
    long mine = turn.take();
    turn.fallAsleep();
    AtomicBoolean taken = new AtomicBoolean();
    Thread other =
        Thread.ofPlatform()
            .start(
                () -> {
                  var _ = turn.take();
                  taken.set(true);
                });
    // Without a limit of time, and so for as long as the sleep lasts.
    Awaitility.await().atMost(60, SECONDS).until(() -> other.getState() == Thread.State.WAITING);
    turn.wakeUp();
    turn.begin(mine);
    Awaitility.await().atMost(60, SECONDS).untilTrue(taken);
    assertThat(turn.goOn(mine)).isEqualTo(Turn.NONE);
  }

  @Test
  void isLostByWhoFails() {
    long mine = turn.take();
    turn.fallAsleep();
    turn.drop(mine);
    assertThat(turn.take()).isNotEqualTo(Turn.NONE);
  }

  @Test
  void hasOneHolderWhateverTheyDo() {
    AtomicBoolean reading = new AtomicBoolean();
    AtomicInteger requests = new AtomicInteger();
    List<Background<Void>> workers = new ArrayList<>();
    for (int number = 0; number < THREADS; number++) {
      Random random = new Random(number);
      workers.add(Background.run(() -> work(random, reading, requests)));
    }
    workers.forEach(Background::join);
    assertThat(requests).hasValueGreaterThanOrEqualTo(REQUESTS);
  }

  private void work(Random random, AtomicBoolean reading, AtomicInteger requests) {
    for (long mine = turn.take(); mine != Turn.NONE; mine = turn.take()) {
      while (mine != Turn.NONE) {
        assertThat(reading.getAndSet(true)).as("two read at once").isFalse();
        if (random.nextInt(4) == 0) {
          turn.fallAsleep();
          Thread.onSpinWait();
          turn.wakeUp();
        }
        boolean last = requests.incrementAndGet() >= REQUESTS;
        reading.set(false);
        if (last) {
          turn.end();
          return;
        }
        turn.begin(mine);
        switch (random.nextInt(200)) {
          case 0 -> LockSupport.parkNanos(2 * Turn.PATIENCE);
          case 1, 2, 3, 4 -> turn.stepAside();
          default -> {}
        }
        mine = turn.goOn(mine);
      }
    }
  }
}
