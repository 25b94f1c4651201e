package org.mdev4j.driver.ccw.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("ccw: the I/O lock")
class IoLockTest {
  private final AtomicInteger released = new AtomicInteger();
  private final IoLock lock = new IoLock(released::incrementAndGet);

  @Test
  @DisplayName("a request and the work are refused while a request has it")
  void refused() {
    lock.lock();
    assertThat(lock.tryLock()).isFalse();
    assertThat(lock.tryLockForWork()).isFalse();
    lock.unlock();
    assertThat(released).hasValue(1);
    assertThat(lock.tryLock()).isTrue();
  }

  @Test
  @DisplayName("the work is refused while the work has it, and is not called again when it ends")
  void work() {
    assertThat(lock.tryLockForWork()).isTrue();
    assertThat(lock.tryLockForWork()).isFalse();
    lock.unlockAfterWork();
    assertThat(released).hasValue(0);
    assertThat(lock.tryLockForWork()).isTrue();
  }

  @Test
  @DisplayName("a request waits while the work has it, and then takes it")
  void waits() throws Exception {
    assertThat(lock.tryLockForWork()).isTrue();
    FutureTask<Boolean> request = new FutureTask<>(lock::tryLock);
    Thread requester = Thread.ofPlatform().daemon().start(request);
    await()
        .atMost(Duration.ofSeconds(30))
        .until(() -> requester.getState() == Thread.State.WAITING);
    lock.unlockAfterWork();
    assertThat(request.get(30, TimeUnit.SECONDS)).isTrue();
    assertThat(lock.tryLock()).isFalse();
  }

  @Test
  @DisplayName("a request is never told that the work has it, however they meet")
  void neverRefused() throws Exception {
    int rounds = 20_000;
    CompletableFuture<Void> work =
        CompletableFuture.runAsync(
            () -> {
              for (int i = 0; i < rounds; i++) {
                if (lock.tryLockForWork()) {
                  lock.unlockAfterWork();
                }
              }
            });
    for (int i = 0; i < rounds; i++) {
      assertThat(lock.tryLock()).as("round %d", i).isTrue();
      lock.unlock();
    }
    work.get(30, TimeUnit.SECONDS);
  }
}
