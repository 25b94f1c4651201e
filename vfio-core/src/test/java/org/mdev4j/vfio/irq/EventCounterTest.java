package org.mdev4j.vfio.irq;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("vfio 4.6: the eventfd within the process counts signals until they are taken")
class EventCounterTest {
  private final EventCounter counter = new EventCounter();

  @Test
  @DisplayName("peek leaves the count, take takes it")
  void counts() {
    counter.signal();
    counter.signal();
    assertThat(counter.peek()).isEqualTo(2);
    assertThat(counter.take()).isEqualTo(2);
    assertThat(counter.take()).isZero();
  }

  @Test
  @DisplayName("a listener takes the signals, and none after it was closed")
  void listens() throws Exception {
    AtomicInteger heard = new AtomicInteger();
    counter.signal();
    AutoCloseable listening = counter.listen(heard::incrementAndGet);
    assertThat(heard).hasValue(1);
    counter.signal();
    assertThat(heard).hasValue(2);
    assertThat(counter.peek()).isZero();
    listening.close();
    counter.signal();
    assertThat(heard).hasValue(2);
    assertThat(counter.peek()).isEqualTo(1);
  }

  @Test
  @DisplayName("waiting ends with a signal, which stays to be taken")
  void wakes() throws Exception {
    FutureTask<Boolean> waiter = new FutureTask<>(() -> counter.await(Duration.ofMinutes(1)));
    Thread.ofPlatform().daemon().start(waiter);
    counter.signal();
    assertThat(waiter.get(1, TimeUnit.MINUTES)).isTrue();
    assertThat(counter.take()).isEqualTo(1);
  }

  @Test
  @DisplayName("waiting without a signal ends at its limit")
  void givesUp() throws Exception {
    assertThat(counter.await(Duration.ZERO)).isFalse();
  }
}
