package org.mdev4j.driver.ccw.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mdev4j.driver.ccw.Errnos.assertErrno;

import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.css.Scsw;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.driver.ccw.device.ScriptedSubchannel.Step;

@DisplayName("ccw 2.7: a reset closes and opens, as one step")
class ResetTest {
  private static final Duration LIMIT = Duration.ofSeconds(30);

  private final DeviceBench bench = new DeviceBench();
  private final List<Throwable> failures = new CopyOnWriteArrayList<>();

  @BeforeEach
  void open() {
    bench.open();
    bench.subchannel.issued();
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  @DisplayName("9.41: a reset when idle disables and enables")
  void idle() {
    bench.device.reset();
    assertThat(bench.subchannel.issued()).containsExactly(Step.DISABLE, Step.ENABLE);
    assertThat(bench.state()).isEqualTo("IDLE");
    assertThat(bench.subchannel.unregistrations()).isZero();
  }

  @Test
  @DisplayName("9.41: a program that runs is aborted; its status is not that of the next one")
  void whilePending() {
    bench.start();
    bench.clock.whenWaiting(() -> bench.present(Scsw.HALT | Scsw.PENDING, 0, 0));
    bench.device.reset();
    assertThat(bench.space.pinnedPages()).isZero();
    assertThat(bench.state()).isEqualTo("IDLE");
    bench.start();
    bench.work();
    assertThat(bench.io.peek()).isZero();
    assertThat(bench.state()).isEqualTo("CP_PENDING");
    bench.presentEnd();
    bench.work();
    assertThat(bench.io.take()).isOne();
    assertThat(bench.irb().scsw().deviceStatus()).isEqualTo(0x0C);
  }

  @Test
  @DisplayName("9.41: nor is status that had come before the reset, and waits for the work")
  void statusWaits() {
    bench.start();
    bench.presentEnd();
    bench.device.reset();
    bench.start();
    bench.work();
    assertThat(bench.io.peek()).isZero();
    assertThat(bench.state()).isEqualTo("CP_PENDING");
    bench.presentEnd();
    bench.work();
  }

  @Test
  @DisplayName("9.41: paths that were taken away are there again")
  void paths() {
    bench.subchannel.lpm(0);
    bench.device.reset();
    assertThat(bench.subchannel.lpm()).isEqualTo(0xC0);
  }

  @Test
  @DisplayName("9.42: a subchannel that can't be enabled again breaks the device: EINVAL")
  void enableFails() {
    bench.start();
    bench.subchannel.become(0);
    bench.subchannel.refuse(Step.ENABLE, Errno.EBUSY, 1);
    assertErrno(Errno.EINVAL, bench.device::reset);
    assertThat(bench.state()).isEqualTo("BROKEN");
    assertThat(bench.subchannel.unregistrations()).isOne();
    assertThat(bench.space.pinnedPages()).isZero();
  }

  @Test
  @DisplayName("9.42: a broken device can't be reset: EINVAL, and nothing is tried")
  void broken() {
    bench.subchannel.vanish();
    bench.device.checkPresence();
    bench.subchannel.issued();
    assertErrno(Errno.EINVAL, bench.device::reset);
    assertThat(bench.subchannel.issued()).isEmpty();
    assertThat(bench.subchannel.unregistrations()).isOne();
  }

  @Test
  @DisplayName("two resets, one after the other, never unregister the subchannel")
  void twice() {
    bench.device.reset();
    bench.device.reset();
    assertThat(bench.state()).isEqualTo("IDLE");
    assertThat(bench.subchannel.unregistrations()).isZero();
  }

  @Test
  @DisplayName("9.43: the machine goes down also while a reset waits for a request that is stuck")
  void shutdownWhileAResetWaits() throws Exception {
    SlowBuffer source = new SlowBuffer(new byte[] {0, 0, 0, 1});
    Thread writer = start(() -> assertErrno(Errno.EIO, () -> bench.write(1, source)));
    source.awaitAsked();
    Thread resetting = start(() -> assertErrno(Errno.EINVAL, bench.device::reset));
    await().atMost(LIMIT).until(() -> resetting.getState() == Thread.State.WAITING);
    assertThat(start(bench.device::shutdown).join(LIMIT))
        .as("down while the page has not arrived")
        .isTrue();
    source.arrive();
    assertThat(writer.join(LIMIT)).isTrue();
    assertThat(resetting.join(LIMIT)).isTrue();
    assertThat(failures).isEmpty();
    assertThat(bench.state()).isEqualTo("BROKEN");
  }

  private Thread start(Runnable action) {
    return Thread.ofPlatform()
        .daemon()
        .uncaughtExceptionHandler((thread, failure) -> failures.add(failure))
        .start(action);
  }
}
