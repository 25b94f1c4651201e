package org.mdev4j.driver.ccw.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("ccw: the I/O lock")
class IoLockTest {
  private final IoLock lock = new IoLock(() -> {});

  @Test
  @DisplayName("a request is refused while another has it, and waits while the work has it")
  void briefly() throws Exception {
    lock.lock();
    assertThat(CompletableFuture.supplyAsync(lock::tryLock).get(30, TimeUnit.SECONDS)).isFalse();
    assertThat(CompletableFuture.supplyAsync(lock::tryLockBriefly).get(30, TimeUnit.SECONDS))
        .isFalse();
    lock.unlock();

    assertThat(lock.tryLockBriefly()).isTrue();
    CountDownLatch asked = new CountDownLatch(1);
    CompletableFuture<Boolean> request =
        CompletableFuture.supplyAsync(
            () -> {
              asked.countDown();
              return lock.tryLock();
            });
    assertThat(asked.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(request.isDone()).isFalse();
    lock.unlockBriefly();
    assertThat(request.get(30, TimeUnit.SECONDS)).isTrue();
  }
}
