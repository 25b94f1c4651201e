// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.device.host;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mdev4j.device.Background.pass;
import static org.mdev4j.device.errno.Refusals.assertRefused;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mdev4j.device.Background;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.sysfs.OpenMode;

@DisplayName("/sys/kernel/debug/modules/progress: who waits for what, since when")
@Timeout(60)
class ProgressTest {
  private final ManualClock clock = new ManualClock(Instant.parse("2026-12-01T12:00:00Z"));
  private final CountDownLatch inside = new CountDownLatch(1);
  private final CountDownLatch release = new CountDownLatch(1);
  private final AtomicReference<WorkQueue> queue = new AtomicReference<>();
  private final Host host =
      Host.builder()
          .withoutDiscovery()
          .clock(clock)
          .module(
              TestModule.of(
                  "slow",
                  context -> {
                    inside.countDown();
                    pass(release);
                  }))
          .module(TestModule.of("busy", context -> queue.set(context.workQueue("irq"))))
          .start();

  @AfterEach
  void close() {
    release.countDown();
    host.close();
  }

  private String progress() {
    return new String(
        host.tree().open("/sys/kernel/debug/modules/progress", OpenMode.READ).read(0, 4096),
        ISO_8859_1);
  }

  @Test
  @DisplayName("a load that blocks, and the second one that waits for it; that can be interrupted")
  void aLoadThatBlocks() {
    assertThat(progress()).isEmpty();
    Background<Void> first = Background.run(() -> host.modules().modprobe("slow"));
    pass(inside);
    assertThat(progress()).isEqualTo("the load of module slow, begun at 2026-12-01T12:00:00Z\n");
    clock.advance(Duration.ofSeconds(5));

    Background<Void> second = Background.run(() -> host.modules().modprobe("slow")).awaitBlocked();
    assertThat(progress())
        .isEqualTo(
            """
            the load of module slow, begun at 2026-12-01T12:00:00Z
            thread background, since 2026-12-01T12:00:05Z waits for the load of module slow, begun at 2026-12-01T12:00:00Z
            """);
    second.thread().interrupt();
    assertRefused(Errno.EINTR, second::join).hasMessageContaining("the load of module slow");
    assertThat(progress().lines()).hasSize(1);

    release.countDown();
    first.join();
    assertThat(progress()).isEmpty();
  }

  @Test
  @DisplayName("an unload that waits for work")
  void anUnloadThatBlocks() {
    host.modules().modprobe("busy");
    queue.get().submit(() -> pass(release));
    clock.advance(Duration.ofSeconds(1));

    Background<Void> unload = Background.run(() -> host.modules().rmmod("busy"));
    await()
        .untilAsserted(
            () ->
                assertThat(progress())
                    .isEqualTo(
                        "the unload of module busy, begun at 2026-12-01T12:00:01Z, since"
                            + " 2026-12-01T12:00:01Z waits for the work of queue busy/irq\n"));
    Background<Void> load = Background.run(() -> host.modules().modprobe("busy")).awaitBlocked();
    assertThat(progress().lines()).hasSize(2);
    assertThat(host.modules().loaded("busy")).as("on its way out").isNotNull();

    release.countDown();
    unload.join();
    load.join();
    assertThat(host.modules().loaded("busy").state()).isEqualTo(LoadedModule.State.LIVE);
    assertThat(progress()).isEmpty();
  }
}
