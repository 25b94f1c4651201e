// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.driver.ap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mdev4j.ap.ApGuest;
import org.mdev4j.ap.Apqn;
import org.mdev4j.ap.ResponseCode;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.dma.GuestMemory;

@DisplayName("ap 3: a guest whose memory hangs delays no other guest")
@Timeout(value = 120, unit = TimeUnit.SECONDS, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class IsolationTest {
  private static final long LIMIT = 60;
  private static final Apqn QUEUE = new Apqn(5, 4);
  private static final Apqn OTHERS = new Apqn(6, 4);
  private static final long SLOW = 0x80000;

  private final Rig rig = new Rig().reserved();
  private final String uuid = rig.create(new int[] {5}, new int[] {4});
  private final String second = rig.create();
  private final String others = rig.create(new int[] {6}, new int[] {4});
  private final ApGuest guest = rig.guest("hangs");
  private final ApGuest other = rig.guest("other");
  private final OpenMatrix open = rig.open(uuid, guest);
  private final CountDownLatch asked = new CountDownLatch(1);
  private final CountDownLatch arrives = new CountDownLatch(1);
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  @AfterEach
  void close() {
    arrives.countDown();
    threads.close();
    rig.close();
    assertThat(guest.iscReferences()).isZero();
  }

  /** A page of the guest's that does not come. */
  private final class SlowPage implements GuestMemory {
    private final GuestMemory behind = GuestMemory.of(Arena.ofAuto().allocate(4096, 4096));

    @Override
    public long size() {
      return behind.size();
    }

    @Override
    public MemorySegment pin(long offset, long length) {
      asked.countDown();
      waitFor(arrives);
      return behind.pin(offset, length);
    }

    @Override
    public void read(long offset, MemorySegment into) {
      behind.read(offset, into);
    }

    @Override
    public void write(long offset, MemorySegment from) {
      behind.write(offset, from);
    }
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      assertThat(latch.await(LIMIT, TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private CompletableFuture<ResponseCode> hang() {
    open.map(SLOW, new SlowPage());
    CompletableFuture<ResponseCode> aqic =
        CompletableFuture.supplyAsync(() -> guest.aqic(QUEUE, true, 3, SLOW).response(), threads);
    waitFor(asked);
    return aqic;
  }

  private void assertOthersAreServed() {
    try (OpenMatrix opened = rig.open(others, other)) {
      assertThat(other.aqic(OTHERS, true, 3, OpenMatrix.MEMORY).response())
          .isEqualTo(ResponseCode.NORMAL);
      assertThat(other.aqic(OTHERS, false, 3, 0).response()).isEqualTo(ResponseCode.NORMAL);
      opened.file.reset();
    }
    rig.must(others, "assign_domain", 0xab);
    rig.must(others, "unassign_domain", 0xab);
    rig.remove(rig.create(new int[] {7}, new int[] {4}));
  }

  @Test
  @DisplayName("while AQIC waits for its page")
  void aqic() {
    CompletableFuture<ResponseCode> aqic = hang();
    assertOthersAreServed();
    assertThat(aqic).isNotDone();
    arrives.countDown();
    assertThat(aqic.join()).isEqualTo(ResponseCode.NORMAL);
    assertThat(open.pinnedPages()).isOne();
  }

  @Test
  @DisplayName("while the device is closed, which waits for that AQIC; what it pinned is unpinned")
  void closed() {
    CompletableFuture<ResponseCode> aqic = hang();
    CompletableFuture<Void> closing = CompletableFuture.runAsync(open.file::close, threads);
    await().atMost(Duration.ofSeconds(LIMIT)).until(() -> guest.masks().queues().isEmpty());
    assertOthersAreServed();
    assertThat(closing).isNotDone();
    arrives.countDown();
    closing.join();
    assertThat(aqic.join()).isEqualTo(ResponseCode.NOT_AVAILABLE);
    assertThat(open.pinnedPages()).isZero();
  }

  @Test
  @DisplayName("while another device is opened for that guest, which is refused in the end")
  void openedAgain() {
    CompletableFuture<ResponseCode> aqic = hang();
    CompletableFuture<Errno> opening =
        CompletableFuture.supplyAsync(
            () -> {
              try (OpenMatrix _ = new OpenMatrix(rig.host, second, guest)) {
                throw new AssertionError("a guest has two devices");
              } catch (ErrnoException refusal) {
                return refusal.errno();
              }
            },
            threads);
    assertOthersAreServed();
    arrives.countDown();
    assertThat(opening.join()).isEqualTo(Errno.EPERM);
    assertThat(aqic.join()).isEqualTo(ResponseCode.NORMAL);
  }
}
