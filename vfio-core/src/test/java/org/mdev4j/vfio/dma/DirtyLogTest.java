package org.mdev4j.vfio.dma;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.ValueLayout;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class DirtyLogTest {
  private static final int ROUNDS = 5_000;

  @Test
  @DisplayName("5.5: a page that is marked while its word is told is told now or the next time")
  void marksMeetTelling() {
    DirtyLog log = DirtyLog.forPages(64);
    CyclicBarrier begin = new CyclicBarrier(2);
    AtomicInteger marked = new AtomicInteger();
    Parallel marker =
        Parallel.run(
            () -> {
              for (int round = 1; round <= ROUNDS; round++) {
                pass(begin);
                for (int page = 0; page < 64; page++) {
                  log.mark(page, page);
                }
                marked.set(round);
              }
            });
    for (int round = 1; round <= ROUNDS; round++) {
      UserBitmap bitmap = Space.bitmap(64);
      pass(begin);
      while (marked.get() < round) {
        log.moveTo(bitmap, 0);
      }
      log.moveTo(bitmap, 0);
      assertThat(bitmap.data().get(ValueLayout.JAVA_LONG, 0)).as("round %d", round).isEqualTo(-1L);
    }
    marker.join();
  }

  private static void pass(CyclicBarrier barrier) {
    try {
      barrier.await();
    } catch (Exception failure) {
      throw new AssertionError(failure);
    }
  }
}
