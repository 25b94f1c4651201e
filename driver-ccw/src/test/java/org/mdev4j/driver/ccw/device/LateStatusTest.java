package org.mdev4j.driver.ccw.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mdev4j.driver.ccw.CcwUser.IOVA;
import static org.mdev4j.driver.ccw.CcwUser.orb;

import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.Scsw;
import org.mdev4j.driver.ccw.CcwHost;
import org.mdev4j.driver.ccw.CcwUser;

@DisplayName("ccw 10.1 (13): status of the past reaches nobody")
class LateStatusTest {
  private final CcwHost host = new CcwHost();

  @AfterEach
  void close() {
    host.close();
  }

  @Test
  @DisplayName("a RESET has not returned before the user was signalled what had come before it")
  void resetAwaitsSignals() throws InterruptedException {
    CountDownLatch signalling = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    try (CcwUser user = host.open(2)) {
      user.trigger(
          CcwDevice.IO_IRQ,
          () -> {
            signalling.countDown();
            waitFor(goOn);
          });
      user.program(IOVA, new Ccw(0x03, 0, 0, 0));
      user.start(orb(IOVA));
      waitFor(signalling);
      Thread reset = Thread.ofVirtual().start(user.file::reset);
      await().atMost(CcwHost.LIMIT).until(() -> reset.getState() == Thread.State.BLOCKED);
      assertThat(user.read(CcwUser.IO, 4)).as("regions can be read meanwhile").hasSize(4);
      goOn.countDown();
      assertThat(reset.join(CcwHost.LIMIT)).isTrue();
    } finally {
      goOn.countDown();
    }
  }

  @Test
  @DisplayName("a RESET that the signal itself leads to goes through")
  void resetWhenSignalled() {
    try (CcwUser user = host.open(2)) {
      var _ = host.trace();
      var _ = user.io.listen(user.file::reset);
      user.program(IOVA, new Ccw(0x03, 0, 0, 0));
      user.start(orb(IOVA));
      await().atMost(CcwHost.LIMIT).until(() -> host.trace().contains("OPEN in CLOSED"));
    }
  }

  @Test
  @DisplayName("device end that comes after its user has closed: the next user can open")
  void deviceEndAfterClose() {
    String uuid;
    host.bind(2);
    uuid = host.create(2);
    try (CcwUser user = host.open(uuid)) {
      awaitChannelEnd(user);
    }
    host.clock.advance(Duration.ofSeconds(2));
    host.css().settle();
    try (CcwUser next = host.open(uuid)) {
      host.css().settle();
      assertThat(next.io.take()).isZero();
      assertThat(next.run(new Ccw(0x03, 0, 0, 0)).scsw().deviceStatus()).isEqualTo(0x0C);
    }
  }

  @Test
  @DisplayName("device end that comes once the next user has opened is none of its business")
  void deviceEndAfterReopen() {
    host.bind(2);
    String uuid = host.create(2);
    try (CcwUser user = host.open(uuid)) {
      awaitChannelEnd(user);
    }
    try (CcwUser next = host.open(uuid)) {
      host.clock.advance(Duration.ofSeconds(2));
      host.css().settle();
      assertThat(next.io.take()).isZero();
      assertThat(next.run(new Ccw(0x03, 0, 0, 0)).scsw().deviceStatus()).isEqualTo(0x0C);
    }
  }

  @Test
  @DisplayName("9.41 after a RESET the device end of a program before it is not told")
  void deviceEndAfterReset() {
    try (CcwUser user = host.open(2)) {
      awaitChannelEnd(user);
      user.file.reset();
      host.clock.advance(Duration.ofSeconds(2));
      host.css().settle();
      assertThat(user.io.take()).isZero();
      assertThat(user.run(new Ccw(0x03, 0, 0, 0)).scsw().deviceStatus()).isEqualTo(0x0C);
    }
  }

  private static void awaitChannelEnd(CcwUser user) {
    Scsw scsw = user.run(new Ccw(0x12, 0, 1, IOVA + 0x2000)).scsw();
    assertThat(scsw.deviceStatus()).as("channel end alone").isEqualTo(0x08);
    assertThat(scsw.has(Scsw.DEVICE_ACTIVE)).isTrue();
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
