package org.mdev4j.driver.ccw.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.driver.ccw.Refusal.refused;
import static org.mdev4j.driver.ccw.program.Bench.IOVA;
import static org.mdev4j.driver.ccw.program.Bench.PAGE;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mdev4j.css.Ccw;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.vfio.dma.DmaMap;
import org.mdev4j.vfio.dma.GuestMemory;

@DisplayName("ccw 3.5, 3.6: which pages are pinned, how often, and for how long")
class PinningTest {
  private static final int DATA = IOVA + 0x20000;
  private static final int IDAL = IOVA + 0x6000;
  private static final int UNMAPPED = 0x3000;

  private final Bench bench = new Bench();
  private final RecordingDma dma = new RecordingDma(bench.dma);

  @AfterEach
  void close() {
    bench.close();
  }

  @ParameterizedTest(name = "command {0}, flags {1}, count {2}")
  @DisplayName("9.58 NOP, count 0 and SKIP of input: nothing is pinned, nothing has to be mapped")
  @CsvSource({
    "03, 00, 8",
    "03, 10, 8",
    "02, 00, 0",
    "01, 00, 0",
    "02, 10, 8",
    "0C, 10, 8",
    "04, 10, 8",
    "E4, 30, 8",
  })
  void nothingMoves(String command, String flags, int count) {
    Ccw ccw = ccw(command, flags, count, UNMAPPED);
    try (ChannelProgram program = translate(ccw)) {
      assertThat(dma.pinned).isEmpty();
      assertThat(bench.idaw(bench.ccw(program, 0), 0)).as("no address of the user").isZero();
    }
    bench.doubleword(IDAL, UNMAPPED, UNMAPPED);
    int indirect = Integer.parseInt(flags, 16) | Ccw.INDIRECT;
    try (ChannelProgram program = translate(new Ccw(ccw.command(), indirect, count, IDAL))) {
      assertThat(dma.pinned).isEmpty();
      assertThat(bench.idaw(bench.ccw(program, 0), 0)).as("nor with IDAWs").isZero();
    }
  }

  @ParameterizedTest(name = "command {0}, flags {1}")
  @DisplayName("9.58 SKIP of output and control is not looked at: the page is pinned")
  @CsvSource({"01, 10", "41, 10", "0F, 10", "63, 10", "13, 00", "02, 00", "00, 10"})
  void dataMove(String command, String flags) {
    try (ChannelProgram program = translate(ccw(command, flags, 8, DATA))) {
      assertThat(dma.pinned).containsExactly(new RecordingDma.Run(DATA, 1));
      assertThat(bench.placeOf(bench.idaw(bench.ccw(program, 0), 0))).isEqualTo(0x20000);
    }
    refused(Errno.EINVAL, () -> translate(ccw(command, flags, 8, UNMAPPED)));
  }

  @Test
  @DisplayName("7.9 the command of a CCW that goes on with data is not looked at: it may be a NOP")
  void dataGoOn() {
    Ccw first = new Ccw(0x02, Ccw.CHAIN_DATA, 8, DATA);
    try (ChannelProgram _ = translate(first, new Ccw(0x03, 0, 8, DATA + PAGE))) {
      assertThat(dma.pinned).hasSize(2);
    }
    try (ChannelProgram _ = translate(first, new Ccw(0x02, Ccw.SKIP, 8, UNMAPPED))) {
      assertThat(dma.pinned).as("input is skipped").hasSize(1);
    }
    Ccw output = new Ccw(0x01, Ccw.CHAIN_DATA, 8, DATA);
    try (ChannelProgram _ = translate(output, new Ccw(0x02, Ccw.SKIP, 8, DATA + PAGE))) {
      assertThat(dma.pinned).as("output is not").hasSize(2);
    }
  }

  @Test
  @DisplayName("7.9 data may go on behind a TIC, and over several CCWs")
  void dataGoOnElsewhere() {
    bench.program(
        IOVA + 0x100,
        new Ccw(0x03, Ccw.CHAIN_DATA, 8, DATA + PAGE),
        new Ccw(0x03, Ccw.CHAIN_COMMAND, 8, DATA + 2 * PAGE),
        new Ccw(0x03, 0, 8, UNMAPPED));
    Ccw first = new Ccw(0x02, Ccw.CHAIN_DATA, 8, DATA);
    try (ChannelProgram _ = translate(first, new Ccw(Ccw.TIC, 0, 0, IOVA + 0x100))) {
      assertThat(dma.pinned).as("all but the NOP that is one").hasSize(3);
    }
  }

  @Test
  @DisplayName("9.59 a page that three CCWs use is pinned three times, and unpinned as often")
  void samePage() {
    Ccw chained = new Ccw(0x02, Ccw.CHAIN_COMMAND, 8, DATA);
    ChannelProgram program = translate(chained, chained, new Ccw(0x02, 0, 8, DATA + 64));
    assertThat(dma.pinned).isEqualTo(List.of(run(1), run(1), run(1)));
    assertThat(bench.space.pinnedPages()).as("as one page").isOne();
    bench.dma.unpinPages(DATA, 1);
    bench.dma.unpinPages(DATA, 1);
    assertThat(bench.space.pinnedPages()).as("two of three are not all").isOne();
    var _ = bench.dma.pinPages(DATA, 1, 3);
    var _ = bench.dma.pinPages(DATA, 1, 3);
    program.close();
    assertThat(dma.pinned).isEmpty();
  }

  @Test
  @DisplayName("9.59 two programs on one page each have their own pin")
  void twoPrograms() {
    ChannelProgram first = translate(new Ccw(0x02, 0, 8, DATA));
    try (ChannelProgram second = translate(new Ccw(0x02, 0, 8, DATA))) {
      first.close();
      assertThat(bench.placeOf(bench.idaw(bench.ccw(second, 0), 0))).isEqualTo(0x20000);
    }
  }

  @Test
  @DisplayName("3.6 pages that follow each other are pinned by one request, others by another")
  void runs() {
    bench.doubleword(
        IDAL, DATA + 0x123, DATA + PAGE, DATA + 5 * PAGE, DATA + 4 * PAGE, DATA + 5 * PAGE);
    try (ChannelProgram _ = translate(new Ccw(0x02, Ccw.INDIRECT, 4 * PAGE, IDAL))) {
      assertThat(dma.pinned)
          .containsExactly(
              new RecordingDma.Run(DATA, 2),
              new RecordingDma.Run(DATA + 5 * PAGE, 1),
              new RecordingDma.Run(DATA + 4 * PAGE, 2));
    }
  }

  @Test
  @DisplayName("9.57 when the second CCW fails, the first one's pages are unpinned")
  void secondFails() {
    Ccw good = new Ccw(0x02, Ccw.CHAIN_COMMAND, 3 * PAGE, DATA);
    refused(Errno.EINVAL, () -> translate(good, new Ccw(0x02, 0, 8, UNMAPPED)));
    assertThat(dma.requests).as("the first one's were pinned").isOne();
    assertThat(dma.pinned).isEmpty();
  }

  @Test
  @DisplayName("9.57 when a later page of a CCW fails, its earlier ones are unpinned")
  void laterPageFails() {
    bench.doubleword(IDAL, DATA, DATA + 5 * PAGE, UNMAPPED);
    refused(Errno.EINVAL, () -> translate(new Ccw(0x02, Ccw.INDIRECT, 3 * PAGE, IDAL)));
    assertThat(dma.requests).isEqualTo(2);
    assertThat(dma.pinned).isEmpty();
    refused(Errno.EINVAL, () -> translate(new Ccw(0x02, 0, PAGE + 1, IOVA + Bench.SIZE - PAGE)));
  }

  @ParameterizedTest(name = "command {0}")
  @DisplayName("9.55 a mapping that can't be written is EPERM, whatever the command")
  @CsvSource({"01", "02", "04", "0F"})
  void readOnly(String command) {
    bench.map(0x4000_0000, GuestMemory.of(bench.memory), DmaMap.READ);
    refused(Errno.EPERM, () -> translate(ccw(command, "00", 8, 0x4000_0000)));
  }

  @Test
  @DisplayName("9.55 a mapping that can only be written is EPERM for programs, lists and data")
  void writeOnly() {
    bench.map(0x4000_0000, GuestMemory.of(bench.memory), DmaMap.WRITE);
    refused(Errno.EPERM, () -> bench.translate(Bench.orb(0x4000_0000)));
    refused(Errno.EPERM, () -> translate(new Ccw(0x02, 0, 8, 0x4000_0000)));
    refused(Errno.EPERM, () -> translate(new Ccw(0x02, Ccw.INDIRECT, 8, 0x4000_0000)));
  }

  private ChannelProgram translate(Ccw... ccws) {
    bench.program(IOVA, ccws);
    return ChannelProgram.translate(Bench.orb(IOVA), dma, bench.host.memory());
  }

  private static RecordingDma.Run run(int count) {
    return new RecordingDma.Run(DATA, count);
  }

  private static Ccw ccw(String command, String flags, int count, int address) {
    return new Ccw(Integer.parseInt(command, 16), Integer.parseInt(flags, 16), count, address);
  }
}
