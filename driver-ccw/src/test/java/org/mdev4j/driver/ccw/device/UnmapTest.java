package org.mdev4j.driver.ccw.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.driver.ccw.CcwUser.IOVA;
import static org.mdev4j.driver.ccw.CcwUser.orb;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mdev4j.css.Ccw;
import org.mdev4j.driver.ccw.CcwHost;
import org.mdev4j.driver.ccw.CcwUser;
import org.mdev4j.sim.css.HoldPoint;
import org.mdev4j.sim.css.SimulatedDevice;
import org.mdev4j.vfio.dma.DmaUnmap;
import org.mdev4j.vfio.dma.GuestMemory;

@DisplayName("ccw 3.7: memory is unmapped while a program works on it")
class UnmapTest {
  private static final int OTHER = 0x4000_0000;
  private static final int PAGES = 16;
  private static final int SIZE = PAGES * 4096;

  private final CcwHost host = new CcwHost();
  private final SimulatedDevice device = host.panel().device(0x0200);
  private final CcwUser user = host.open(2);

  @BeforeEach
  void mapAndHold() {
    user.map(OTHER, GuestMemory.of(user.memory.asSlice(0x10000, SIZE)));
    device.hold(HoldPoint.COMMAND);
    var _ = host.trace();
  }

  @AfterEach
  void close() {
    user.close();
    host.close();
  }

  @ParameterizedTest(name = "page {0}, {1} pages")
  @DisplayName("9.63 a page that is pinned, first, inner or last: the program is aborted")
  @CsvSource({"0, 1", "7, 1", "15, 1", "0, 16", "6, 3"})
  void pinned(int page, int count) {
    user.program(IOVA, new Ccw(0x02, 0, count * 4096 - 1, OTHER + page * 4096));
    user.start(orb(IOVA));
    host.css().settle();

    assertThat(unmap(OTHER)).isEqualTo(SIZE);

    assertThat(user.container.iommu().pinnedPages()).isZero();
    assertThat(host.trace())
        .containsSubsequence("IO_REQ in IDLE", "CLOSE in CP_PENDING", "OPEN in CLOSED");
    assertThat(user.io.take()).as("nothing is told of it").isZero();
    device.release();
    host.css().settle();
    assertThat(user.io.take()).isZero();
    assertThat(user.run(new Ccw(0x03, 0, 0, 0)).scsw().deviceStatus()).as("IDLE").isEqualTo(0x0C);
  }

  @Test
  @DisplayName("9.63 other memory: the program goes on")
  void otherRange() {
    user.program(IOVA, new Ccw(0x02, 0, 8, IOVA + 0x2000));
    user.start(orb(IOVA));
    assertThat(unmap(OTHER)).isEqualTo(SIZE);
    assertThat(host.trace()).containsExactly("IO_REQ in IDLE");
    device.release();
    assertThat(user.awaitIrb().scsw().deviceStatus()).isEqualTo(0x0C);
  }

  @Test
  @DisplayName("9.63 memory that held the program, but no data: the program goes on")
  void programItself() {
    user.memory.asSlice(0x10000).fill((byte) 0);
    user.program(IOVA + 0x10000, new Ccw(0x02, 0, 8, IOVA + 0x2000));
    user.start(orb(OTHER));
    assertThat(unmap(OTHER)).isEqualTo(SIZE);
    device.release();
    assertThat(user.awaitIrb().scsw().cpa()).isEqualTo(OTHER + 8);
  }

  @Test
  @DisplayName("9.64 in IDLE, without a program: nothing happens")
  void idle() {
    device.release();
    var _ = user.run(new Ccw(0x02, 0, 8, OTHER));
    var _ = host.trace();
    assertThat(unmap(OTHER)).isEqualTo(SIZE);
    assertThat(host.trace()).isEmpty();
    assertThat(user.io.take()).isZero();
  }

  private long unmap(int iova) {
    return user.container.iommu().unmap(new DmaUnmap(DmaUnmap.SIZE, 0, iova, SIZE, null));
  }
}
