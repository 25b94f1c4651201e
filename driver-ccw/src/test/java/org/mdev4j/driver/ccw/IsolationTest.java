// SPDX-License-Identifier: Apache-2.0
package org.mdev4j.driver.ccw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.driver.ccw.CcwUser.IOVA;
import static org.mdev4j.driver.ccw.CcwUser.orb;

import java.lang.foreign.Arena;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.Crw;
import org.mdev4j.sim.css.HoldPoint;
import org.mdev4j.sim.css.SimulatedDevice;
import org.mdev4j.vfio.dma.DmaUnmap;
import org.mdev4j.vfio.dma.GuestMemory;

@DisplayName("ccw: a user that hangs delays no other user")
class IsolationTest {
  private static final String MACHINE =
      """
      {"subchannels": [
         {"number": "0000", "device": "0200", "chpids": ["20"], "kind": "test",
          "commands": {"02": {"data": "0102030405060708"}}},
         {"number": "0001", "device": "0201", "chpids": ["20"], "kind": "test",
          "commands": {"02": {"data": "0102030405060708"}}},
         {"number": "0002", "device": "0202", "chpids": ["20"], "kind": "test",
          "commands": {"02": {"data": "0102030405060708"}}}]}
      """;

  private static final int SLOW_IOVA = 0x800000;
  private static final int PAGE = 4096;
  private static final Ccw READ = new Ccw(0x02, Ccw.SUPPRESS_LENGTH, 8, IOVA + 0x1000);

  private final CcwHost host = new CcwHost(MACHINE);
  private final CountDownLatch hangs = new CountDownLatch(1);
  private final CountDownLatch goesOn = new CountDownLatch(1);
  private final CcwUser first = host.open(0);
  private final CcwUser second = open(1);
  private final CcwUser other = host.open(2);

  /** A second device of the first user's, in the same container. */
  private CcwUser open(int number) {
    host.bind(number);
    return first.openAlso(host.create(number));
  }

  @AfterEach
  void close() {
    goesOn.countDown();
    other.close();
    second.close();
    first.close();
    host.close();
  }

  private void hang() {
    hangs.countDown();
    waitFor(goesOn);
  }

  private static void waitFor(CountDownLatch latch) {
    try {
      assertThat(latch.await(2 * CcwHost.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }

  private void assertOtherIsServed() {
    assertThat(other.run(READ).scsw().deviceStatus()).isEqualTo(0x0C);
    host.css().inject(Crw.of(Crw.RSC_PATH, Crw.ERC_INIT, 0x20));
    CcwUser.await(other.crw);
    assertThat(other.readCrw()).isNotZero();
    other.file.reset();
    assertThat(other.run(READ).scsw().deviceStatus()).isEqualTo(0x0C);
  }

  @Test
  @DisplayName(
      "a START, an unmap and a status wait for a page of the first user's that doesn't come")
  void memory() {
    SimulatedDevice held = host.panel().device(0x0201);
    held.hold(HoldPoint.COMMAND);
    second.program(IOVA, READ);
    second.start(orb(IOVA));
    host.css().settle();

    GuestMemory page = GuestMemory.of(Arena.ofAuto().allocate(PAGE, PAGE));
    first.map(SLOW_IOVA, new NoticedMemory(page, this::hang));
    first.program(IOVA + 0x100, new Ccw(0x02, Ccw.SUPPRESS_LENGTH, 8, SLOW_IOVA));
    CompletableFuture<Void> start =
        CcwHost.inBackground(
            () -> {
              try {
                first.start(orb(IOVA + 0x100));
              } catch (RuntimeException unmappedMeanwhile) {
                // Whether the START or the unmap comes first is not what this test is about.
              }
            });
    waitFor(hangs);
    CompletableFuture<Void> unmap =
        CcwHost.inBackground(
            () ->
                first
                    .container
                    .iommu()
                    .unmap(new DmaUnmap(DmaUnmap.SIZE, 0, SLOW_IOVA, PAGE, null)));
    held.release();
    host.css().settle();

    assertOtherIsServed();

    assertThat(start).isNotDone();
    goesOn.countDown();
    CcwHost.join(start);
    CcwHost.join(unmap);
    assertThat(second.awaitIrb().scsw().deviceStatus()).isEqualTo(0x0C);
  }

  @Test
  @DisplayName("the first user's eventfd does not take a signal")
  void signal() throws Exception {
    try (AutoCloseable _ = first.io.listen(this::hang)) {
      first.program(IOVA, READ);
      first.start(orb(IOVA));
      waitFor(hangs);

      assertOtherIsServed();

      goesOn.countDown();
      host.host.flushWork();
    }
  }
}
