package org.mdev4j.vfio.irq;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("vfio 4.6: what a device changes and signals is one step")
class OneStepTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final Interrupts interrupts = Irqs.ofEachKind();
  private final EventCounter user = new EventCounter();

  @Test
  @DisplayName("nobody else signals meanwhile; the step itself may")
  void alone() throws Exception {
    interrupts.set(Irqs.bind(Irqs.NOTIFY, 0, user));
    CountDownLatch begun = new CountDownLatch(1);
    CountDownLatch mayEnd = new CountDownLatch(1);
    Thread stepping =
        Thread.ofPlatform()
            .daemon()
            .start(
                () ->
                    interrupts.inOneStep(
                        () -> {
                          begun.countDown();
                          uninterruptibly(mayEnd);
                          return interrupts.signal(Irqs.NOTIFY, 0);
                        }));
    uninterruptibly(begun);
    Thread other = Thread.ofPlatform().daemon().start(() -> interrupts.signal(Irqs.NOTIFY, 0));
    await().atMost(LIMIT).until(() -> other.getState() == Thread.State.BLOCKED);
    assertThat(user.peek()).isZero();
    mayEnd.countDown();
    assertThat(stepping.join(LIMIT)).isTrue();
    assertThat(other.join(LIMIT)).isTrue();
    assertThat(user.take()).isEqualTo(2);
  }

  @Test
  @DisplayName("what the step returns is returned")
  void answers() {
    assertThat(interrupts.inOneStep(() -> true)).isTrue();
    assertThat(interrupts.inOneStep(() -> false)).isFalse();
  }

  private static void uninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
