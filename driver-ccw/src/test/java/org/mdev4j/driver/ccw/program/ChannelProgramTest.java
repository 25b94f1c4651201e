package org.mdev4j.driver.ccw.program;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.driver.ccw.program.Bench.IOVA;
import static org.mdev4j.driver.ccw.program.Bench.PAGE;
import static org.mdev4j.driver.ccw.program.Bench.orb;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.Orb;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.driver.ccw.Refusal;

@DisplayName("ccw 3.4, 3.9, 3.10: the host's copy of a program")
class ChannelProgramTest {
  private static final int OTHER = IOVA + 0x10000;
  private static final int DATA = IOVA + 0x20000;
  private static final Ccw NOP = new Ccw(0x03, Ccw.CHAIN_COMMAND, 1, DATA);
  private static final Ccw LAST = new Ccw(0x03, 0, 1, DATA);

  private final Bench bench = new Bench();

  @AfterEach
  void close() {
    bench.close();
  }

  @ParameterizedTest(name = "{1} bytes at offset {0} take {2} IDAWs")
  @DisplayName("9.51 a direct CCW becomes one with IDAWs, the rest of it stays")
  @CsvSource({"1FFF, 2, 2", "1000, 4096, 1", "1FFF, 65535, 17"})
  void directBecomesIndirect(String offset, int count, int pages) {
    int at = Integer.parseInt(offset, 16);
    Ccw read = new Ccw(0x42, Ccw.SUPPRESS_LENGTH | Ccw.PCI, count, DATA + at);
    try (ChannelProgram program = bench.translate(read)) {
      Ccw host = bench.ccw(program, 0);
      int flags = read.flags() | Ccw.INDIRECT;
      assertThat(host).isEqualTo(new Ccw(0x42, flags, count, host.address()));
      int place = DATA - IOVA + at;
      for (int i = 0; i < pages; i++) {
        assertThat(bench.placeOf(bench.idaw(host, i))).as("IDAW %d", i).isEqualTo(place);
        place = (place & -PAGE) + PAGE;
      }
      assertThat(bench.space.pinnedPages()).isEqualTo(pages);
    }
  }

  @Test
  @DisplayName("9.52 IDAWs of scattered pages lead to those pages, in order")
  void scatteredPages() {
    bench.doubleword(OTHER, DATA + 0x5123, DATA + 0x1000, DATA + 0x9000);
    try (ChannelProgram program = bench.translate(new Ccw(0x02, Ccw.INDIRECT, 2 * PAGE, OTHER))) {
      Ccw host = bench.ccw(program, 0);
      assertThat(bench.placeOf(bench.idaw(host, 0))).isEqualTo(0x25123);
      assertThat(bench.placeOf(bench.idaw(host, 1))).isEqualTo(0x21000);
      assertThat(bench.placeOf(bench.idaw(host, 2))).isEqualTo(0x29000);
    }
  }

  @Test
  @DisplayName("9.50 TICs lead to the same place in the copy")
  void tics() {
    Ccw back = new Ccw(Ccw.TIC, 0, 0, IOVA + 8);
    Ccw there = new Ccw(Ccw.TIC, 0x21, 5, OTHER);
    bench.program(OTHER, NOP, new Ccw(Ccw.TIC, 0, 0, IOVA + 16));
    try (ChannelProgram program = bench.translate(NOP, NOP, back, there)) {
      int start = program.hostOrb(0, 0).cpa();
      assertThat(bench.ccw(program, 2).address()).isEqualTo(start + 8);
      Ccw host = bench.ccw(program, 3);
      assertThat(host)
          .as("flags and count stay")
          .isEqualTo(new Ccw(Ccw.TIC, 0x21, 5, host.address()));
      assertThat(host.address()).as("behind the first chain").isGreaterThan(start + 32);
      assertThat(bench.ccwAt(host.address()).command()).isEqualTo(0x03);
      assertThat(bench.ccwAt(host.address() + 8)).isEqualTo(new Ccw(Ccw.TIC, 0, 0, start + 16));
    }
  }

  @Test
  @DisplayName("3.8 a TIC to an odd place in a chain leads to that odd place")
  void oddTic() {
    try (ChannelProgram program = bench.translate(NOP, new Ccw(Ccw.TIC, 0, 0, IOVA + 4))) {
      int start = program.hostOrb(0, 0).cpa();
      assertThat(bench.ccw(program, 1).address()).isEqualTo(start + 4);
    }
  }

  @Test
  @DisplayName("the copy lies where 31-bit addresses reach it, at a doubleword")
  void reachable() {
    try (ChannelProgram program = bench.translate(LAST)) {
      assertThat(program.hostOrb(0, 0).cpa()).isPositive().matches(cpa -> cpa % 8 == 0);
    }
  }

  @Test
  @DisplayName("3.8: a CCW with MIDA is translated as any; the channel refuses it")
  void mida() {
    try (ChannelProgram program = bench.translate(new Ccw(0x02, Ccw.MODIFIED_INDIRECT, 8, DATA))) {
      assertThat(bench.ccw(program, 0).flags()).isEqualTo(Ccw.MODIFIED_INDIRECT | Ccw.INDIRECT);
    }
  }

  @Test
  @DisplayName("3.8: count 0 in format 0 becomes count 0 in format 1")
  void countZeroInFormat0() {
    bench.doubleword(IOVA, new Ccw(0x02, 0, 0, 0x1000).toFormat0());
    try (ChannelProgram program = bench.translate(new Orb(0, Bench.FORMAT_0, IOVA))) {
      assertThat(bench.ccw(program, 0).count()).isZero();
    }
  }

  @Test
  @DisplayName("9.61 key, interruption parameter and 2K blocks of the user are gone")
  void hostOrb() {
    bench.program(IOVA, LAST);
    int bits = Orb.SUSPEND | Orb.SUPPRESS_SUSPENDED | 0x0630_0001;
    Orb orb = new Orb(0x11223344, 0x7000_4000 | Orb.FORMAT_1 | Orb.IDAW_2K | bits, IOVA);
    try (ChannelProgram program = bench.translate(orb)) {
      Orb host = program.hostOrb(0x00010000, 0xC0);
      assertThat(host.intparm()).isEqualTo(0x00010000);
      assertThat(host.word1()).isEqualTo(Orb.FORMAT_1 | Orb.FORMAT_2_IDAW | 0x4000 | bits);
    }
  }

  @ParameterizedTest(name = "LPM {0}")
  @ValueSource(ints = {0x80, 0x01, 0xFF})
  @DisplayName("9.61 the user's path mask stays; none is the subchannel's")
  void paths(int lpm) {
    bench.program(IOVA, LAST);
    try (ChannelProgram program = bench.translate(orb(IOVA).withLpm(lpm))) {
      assertThat(program.hostOrb(0, 0xC0).lpm()).isEqualTo(lpm);
    }
    try (ChannelProgram program = bench.translate(orb(IOVA).withLpm(0))) {
      assertThat(program.hostOrb(0, 0xC0).lpm()).isEqualTo(0xC0);
    }
  }

  @Test
  @DisplayName("3.9 a program of format 0 is run without length checks of immediate commands")
  void lengthSuppression() {
    bench.doubleword(IOVA, LAST.toFormat0());
    try (ChannelProgram program = bench.translate(new Orb(0, Bench.FORMAT_0, IOVA))) {
      assertThat(program.hostOrb(0, 0).has(Orb.FORMAT_1 | Orb.LENGTH_SUPPRESSION)).isTrue();
    }
    try (ChannelProgram program = bench.translate(LAST)) {
      assertThat(program.hostOrb(0, 0).has(Orb.LENGTH_SUPPRESSION)).isFalse();
    }
  }

  @Test
  @DisplayName("9.62 addresses in status: begin, middle and end of a chain, unknown ones are 0")
  void guestAddresses() {
    bench.program(OTHER, NOP, LAST);
    try (ChannelProgram program = bench.translate(NOP, new Ccw(Ccw.TIC, 0, 0, OTHER))) {
      int first = program.hostOrb(0, 0).cpa();
      int second = bench.ccw(program, 1).address();
      assertThat(program.guestAddress(first)).isEqualTo(IOVA);
      assertThat(program.guestAddress(first + 16)).as("end of the first").isEqualTo(IOVA + 16);
      assertThat(program.guestAddress(second)).as("begin of the second").isEqualTo(OTHER);
      assertThat(program.guestAddress(second + 8)).isEqualTo(OTHER + 8);
      assertThat(program.guestAddress(second + 16)).as("its end").isEqualTo(OTHER + 16);
      assertThat(program.guestAddress(second + 24)).as("beyond").isZero();
      assertThat(program.guestAddress(first - 8)).isZero();
      assertThat(program.guestAddress(0)).isZero();
      assertThat(program.guestAddress(0x8000_0000)).isZero();
    }
  }

  @ParameterizedTest(name = "{1} bytes from {0}: {2}")
  @DisplayName("9.63 which unmapped ranges hit the pinned pages 1FFF to 3000")
  @CsvSource({
    "0000, 2000, true",
    "1000, 1000, true",
    "2000, 1000, true",
    "3000, 1000, true",
    "2000, E000, true",
    "0000, F0000, true",
    "0000, 1000, false",
    "4000, 1000, false",
    "4000, C000, false",
  })
  void touches(String from, String size, boolean hit) {
    try (ChannelProgram program = bench.translate(new Ccw(0x02, 0, 0x1002, DATA + 0x1FFF))) {
      long iova = DATA + Long.parseLong(from, 16);
      assertThat(program.touches(iova, Long.parseLong(size, 16))).isEqualTo(hit);
    }
  }

  @Test
  @DisplayName("9.63 all of the address space hits whatever is pinned; nothing hits no pins")
  void touchesAtTheLimits() {
    try (ChannelProgram program = bench.translate(new Ccw(0x02, 0, 1, DATA))) {
      assertThat(program.touches(0, 0)).as("2^64 bytes").isTrue();
      assertThat(program.touches(-4096, 4096)).isFalse();
    }
    try (ChannelProgram program = bench.translate(LAST)) {
      assertThat(program.touches(0, 0)).isFalse();
    }
  }

  @Test
  @DisplayName("3.11 a second close does nothing")
  void closeTwice() {
    ChannelProgram program = bench.translate(new Ccw(0x02, 0, 1, DATA));
    try (ChannelProgram other = bench.translate(new Ccw(0x02, 0, 1, DATA))) {
      program.close();
      program.close();
      assertThat(bench.space.pinnedPages()).as("the other one keeps its own").isOne();
      assertThat(bench.ccw(other, 0).command()).isEqualTo(0x02);
    }
  }

  @Test
  @DisplayName("3.3: an error names the CCW and the reason")
  void errorsSayWhere() {
    bench.program(OTHER, NOP, new Ccw(0x42, 0, 512, 0x3000));
    ErrnoException refusal =
        Refusal.refused(Errno.EINVAL, () -> bench.translate(NOP, new Ccw(Ccw.TIC, 0, 0, OTHER)));
    assertThat(refusal)
        .hasMessageContaining("CCW 42 flags 00 count 512 at 00003000")
        .hasMessageContaining("at 0x110008")
        .hasMessageContaining("0x3000 is not mapped");
  }
}
