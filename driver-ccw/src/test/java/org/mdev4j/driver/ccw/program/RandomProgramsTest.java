package org.mdev4j.driver.ccw.program;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.Orb;
import org.mdev4j.device.host.HostMemory;

/**
 * Thousands of programs, each run twice by {@link ReferenceChannel}: where the user has put it, and
 * as it was translated. Status, CPA, residual count, what the device got and what the user finds in
 * memory must be equal.
 */
@DisplayName("ccw 3: a translated program does what the user's would")
class RandomProgramsTest {
  private static final int PROGRAMS = 1_500;

  private final byte[] senseOfGuest = new byte[32];
  private final byte[] senseOfHost = new byte[32];

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {1, 20261127})
  void sameAsUntranslated(long seed) {
    Map<String, Integer> kinds = new TreeMap<>();
    int moved = 0;
    try (Bench bench = new Bench()) {
      RandomPrograms programs = new RandomPrograms(seed, Bench.IOVA);
      MemorySegment memory = bench.memory.asSlice(0, RandomPrograms.SIZE);
      for (int i = 0; i < PROGRAMS; i++) {
        String name = "seed " + seed + ", program " + i;
        Orb orb = programs.fill(memory);
        MemorySegment expected = MemorySegment.ofArray(new byte[RandomPrograms.SIZE]);
        expected.copyFrom(memory);
        ReferenceChannel guest = onGuestMemory(expected, orb);
        ReferenceChannel.End wanted = guest.run();

        Ran ran = runTranslated(bench, orb);

        assertThat(ran.end).as(name).isEqualTo(wanted);
        assertThat(ran.received).as(name).isEqualTo(guest.received());
        assertThat(memory.mismatch(expected)).as(name).isEqualTo(-1);
        bench.assertNothingHeld();
        kinds.merge(String.format("%04X", wanted.word2() >>> 16), 1, Integer::sum);
        moved += ran.received.size();
      }
    }
    assertThat(kinds).as("all ends occur").containsKeys("0C00", "0C40", "0020", "0200", "0E00");
    assertThat(kinds.get("0C00")).isGreaterThan(PROGRAMS / 10);
    assertThat(moved).isGreaterThan(PROGRAMS / 4);
  }

  @Test
  @DisplayName("a translation that swaps two pages would be noticed")
  void findsADifference() {
    try (Bench bench = new Bench()) {
      int list = Bench.IOVA + 0x1000;
      bench.doubleword(list, Bench.IOVA + 0x4FFF, Bench.IOVA + 0x6000);
      bench.program(Bench.IOVA, new Ccw(0x02, Ccw.INDIRECT, 300, list));
      ReferenceChannel.Memory swapped =
          (address, length) -> {
            long offset = address - Bench.IOVA;
            return bench.memory.asSlice(offset == 0x6000 ? 0x7000 : offset, length);
          };
      Orb orb = Bench.orb(Bench.IOVA);
      var _ = new ReferenceChannel(swapped, orb, senseOfGuest).run();
      MemorySegment wrong = MemorySegment.ofArray(new byte[Bench.SIZE]).copyFrom(bench.memory);
      bench.memory.asSlice(0x4000).fill((byte) 0);
      var _ = runTranslated(bench, orb);
      assertThat(bench.memory.mismatch(wrong)).isEqualTo(0x6000);
    }
  }

  private record Ran(ReferenceChannel.End end, List<List<Byte>> received) {}

  private Ran runTranslated(Bench bench, Orb orb) {
    HostMemory host = bench.host.memory();
    try (ChannelProgram program = bench.translate(orb)) {
      ReferenceChannel channel =
          new ReferenceChannel(host::resolve, program.hostOrb(1, 0x80), senseOfHost);
      ReferenceChannel.End end = channel.run();
      int cpa = program.guestAddress(end.cpa());
      return new Ran(new ReferenceChannel.End(end.status(), cpa, end.word2()), channel.received());
    }
  }

  private ReferenceChannel onGuestMemory(MemorySegment memory, Orb orb) {
    return new ReferenceChannel(
        (address, length) -> memory.asSlice(address - Bench.IOVA, length), orb, senseOfGuest);
  }
}
