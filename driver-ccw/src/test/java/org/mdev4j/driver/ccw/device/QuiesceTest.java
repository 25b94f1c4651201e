package org.mdev4j.driver.ccw.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.driver.ccw.Errnos.assertErrno;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mdev4j.css.ConditionCode;
import org.mdev4j.css.Scsw;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.host.ManualClock;
import org.mdev4j.driver.ccw.CcwHost;
import org.mdev4j.driver.ccw.device.ScriptedSubchannel.Step;

@DisplayName("ccw 2.7: opening enables the subchannel, closing brings it to rest")
class QuiesceTest {
  private final DeviceBench bench = new DeviceBench();

  @BeforeEach
  void open() {
    bench.open();
    bench.subchannel.issued();
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private Duration waited() {
    return Duration.between(Instant.EPOCH, bench.clock.now());
  }

  private long count(List<Step> issued, Step step) {
    return Collections.frequency(issued, step);
  }

  private void haltIsTakenAndStaysPending() {
    bench.subchannel.at(
        Step.HSCH, () -> bench.subchannel.become(Scsw.START | Scsw.HALT | Scsw.HALT_PENDING));
    bench.subchannel.answer(Step.HSCH, ConditionCode.CC0, 1000);
  }

  @ParameterizedTest
  @EnumSource(
      value = Errno.class,
      names = {"ENODEV", "EBUSY", "EAGAIN", "EIO"})
  @DisplayName("9.8: a subchannel that can't be enabled breaks the device: EINVAL")
  void openFails(Errno refusal) {
    bench.closeDevice();
    bench.subchannel.refuse(Step.ENABLE, refusal, 1);
    assertErrno(Errno.EINVAL, bench::open);
    assertThat(bench.state()).isEqualTo("BROKEN");
    assertThat(bench.subchannel.unregistrations()).isOne();
    assertThat(bench.subchannel.isEnabled()).isFalse();
    assertErrno(Errno.EIO, bench::start);
    bench.closeDevice();
  }

  @Test
  @DisplayName("9.9: a broken device can't be opened: EINVAL, and nothing is tried")
  void openBroken() {
    bench.closeDevice();
    bench.device.shutdown();
    bench.subchannel.issued();
    assertErrno(Errno.EINVAL, bench::open);
    assertThat(bench.subchannel.issued()).isEmpty();
    assertThat(bench.subchannel.unregistrations()).isOne();
    bench.closeDevice();
  }

  @Test
  @DisplayName("9.35: an idle subchannel is disabled and nothing else")
  void closeIdle() {
    bench.closeDevice();
    assertThat(bench.subchannel.issued()).containsExactly(Step.DISABLE);
    assertThat(bench.subchannel.isEnabled()).isFalse();
    assertThat(bench.state()).isEqualTo("CLOSED");
  }

  @Test
  @DisplayName("9.36: a start that is still pending is cancelled, not halted")
  void closeStartPending() {
    bench.start();
    bench.subchannel.become(Scsw.START | Scsw.START_PENDING);
    bench.subchannel.issued();
    bench.closeDevice();
    assertThat(bench.subchannel.issued()).containsExactly(Step.DISABLE, Step.XSCH, Step.DISABLE);
    assertThat(bench.state()).isEqualTo("CLOSED");
    assertThat(waited()).isZero();
  }

  @Test
  @DisplayName("9.37: a program that runs is halted; its pages are given back")
  void closeActive() {
    bench.start();
    bench.subchannel.issued();
    // The halt is performed while its interrupt is waited for.
    bench.clock.whenWaiting(() -> bench.present(Scsw.HALT | Scsw.PENDING, 0, 0));
    bench.closeDevice();
    assertThat(bench.subchannel.issued())
        .containsExactly(Step.DISABLE, Step.XSCH, Step.HSCH, Step.DISABLE);
    assertThat(bench.state()).isEqualTo("CLOSED");
    bench.work();
    assertThat(bench.io.peek()).as("nobody is told any more").isZero();
  }

  @Test
  @DisplayName("9.38: a halt that is never answered is tried 3 times, then comes a clear")
  void haltNeverAnswered() {
    bench.start();
    bench.subchannel.issued();
    bench.subchannel.at(
        Step.CSCH, () -> bench.clock.whenWaiting(() -> bench.present(0x1001, 0, 0)));
    haltIsTakenAndStaysPending();
    bench.closeDevice();
    List<Step> issued = bench.subchannel.issued();
    assertThat(count(issued, Step.HSCH)).isEqualTo(3);
    assertThat(count(issued, Step.CSCH)).isOne();
    assertThat(bench.state()).isEqualTo("CLOSED");
    assertThat(waited()).isEqualTo(Quiescer.PATIENCE.multipliedBy(4));
  }

  @Test
  @DisplayName("9.38: a clear that is never answered is tried 255 times, then the device breaks")
  void clearNeverAnswered() {
    bench.start();
    bench.subchannel.issued();
    haltIsTakenAndStaysPending();
    bench.closeDevice();
    List<Step> issued = bench.subchannel.issued();
    assertThat(count(issued, Step.HSCH)).isEqualTo(3);
    assertThat(count(issued, Step.CSCH)).isEqualTo(255);
    assertThat(waited()).isEqualTo(Quiescer.PATIENCE.multipliedBy(3 + 255));
    assertThat(bench.state()).isEqualTo("BROKEN");
    assertThat(bench.subchannel.unregistrations()).isOne();
  }

  @Test
  @DisplayName("9.39: status that is pending is swallowed")
  void closeStatusPending() {
    bench.start();
    bench.subchannel.become(Scsw.START | 0x07);
    bench.subchannel.issued();
    bench.closeDevice();
    assertThat(bench.subchannel.issued()).containsExactly(Step.DISABLE);
    assertThat(bench.state()).isEqualTo("CLOSED");
    assertThat(bench.io.peek()).isZero();
  }

  @Test
  @DisplayName("9.40: a subchannel that has vanished is unregistered once")
  void closeVanished() {
    bench.start();
    bench.subchannel.vanish();
    bench.closeDevice();
    assertThat(bench.state()).isEqualTo("BROKEN");
    assertThat(bench.subchannel.unregistrations()).isOne();
    bench.device.checkPresence();
    bench.device.shutdown();
    assertThat(bench.subchannel.unregistrations()).isOne();
  }

  @Test
  @DisplayName("9.40: one that vanishes while it is brought to rest, too")
  void vanishesWhileClosing() {
    bench.start();
    bench.clock.whenWaiting(
        () -> {
          bench.subchannel.vanish();
          bench.device.checkPresence();
        });
    bench.closeDevice();
    assertThat(bench.state()).isEqualTo("BROKEN");
    assertThat(bench.subchannel.unregistrations()).isOne();
  }

  @Test
  @DisplayName("9.40: no interrupt of it is waited for then")
  void doesNotWaitForWhatIsGone() throws InterruptedException {
    ManualClock standing = new ManualClock();
    try (DeviceBench waiting = new DeviceBench(standing)) {
      waiting.open();
      waiting.start();
      CompletableFuture<Void> closing = CcwHost.inBackground(waiting::closeDevice);
      standing.awaitTimers(1);
      waiting.subchannel.vanish();
      waiting.device.checkPresence();
      CcwHost.join(closing);
      assertThat(waiting.state()).isEqualTo("BROKEN");
      assertThat(waiting.subchannel.unregistrations()).isOne();
    }
  }

  @Test
  @DisplayName("9.37: an interrupt that comes while it is brought to rest ends the wait, no more")
  void interruptEndsTheWait() throws InterruptedException {
    ManualClock standing = new ManualClock();
    try (DeviceBench waiting = new DeviceBench(standing)) {
      waiting.open();
      waiting.start();
      CompletableFuture<Void> closing = CcwHost.inBackground(waiting::closeDevice);
      standing.awaitTimers(1);
      waiting.present(Scsw.HALT | Scsw.PENDING, 0, 0);
      CcwHost.join(closing);
      assertThat(waiting.hasWork()).isFalse();
      assertThat(standing.timers()).isZero();
      assertThat(waiting.state()).isEqualTo("CLOSED");
    }
  }

  @Test
  @DisplayName("9.43: at shutdown an idle subchannel is disabled, and the device breaks")
  void shutdownIdle() {
    bench.device.shutdown();
    assertThat(bench.subchannel.isEnabled()).isFalse();
    assertThat(bench.state()).isEqualTo("BROKEN");
  }

  @Test
  @DisplayName("9.43: at shutdown a program that runs is halted")
  void shutdownActive() {
    bench.start();
    bench.clock.whenWaiting(() -> bench.present(Scsw.HALT | Scsw.PENDING, 0, 0));
    bench.device.shutdown();
    assertThat(bench.subchannel.isEnabled()).isFalse();
    bench.work();
    assertThat(bench.space.pinnedPages()).isZero();
  }

  @Test
  @DisplayName("9.43: at shutdown nothing is done to a subchannel that nobody has open")
  void shutdownClosed() {
    bench.closeDevice();
    bench.subchannel.issued();
    bench.device.shutdown();
    assertThat(bench.subchannel.issued()).isEmpty();
    assertThat(bench.state()).isEqualTo("BROKEN");
  }

  @Test
  @DisplayName("9.44: pages of a device that breaks are given back later, not under the lock")
  void brokenWhileActive() {
    bench.start();
    bench.subchannel.vanish();
    bench.device.checkPresence();
    assertThat(bench.state()).isEqualTo("BROKEN");
    assertThat(bench.space.pinnedPages()).as("checkPresence holds the lock").isOne();
    assertThat(bench.subchannel.lock().isHeldByCurrentThread()).isFalse();
    bench.work();
    assertThat(bench.space.pinnedPages()).isZero();
    assertThat(bench.inUse()).isZero();
  }
}
