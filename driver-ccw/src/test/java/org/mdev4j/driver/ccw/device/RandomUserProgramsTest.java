package org.mdev4j.driver.ccw.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.css.Orb;
import org.mdev4j.css.Scsw;
import org.mdev4j.driver.ccw.CcwHost;
import org.mdev4j.driver.ccw.CcwUser;
import org.mdev4j.driver.ccw.program.RandomPrograms;
import org.mdev4j.driver.ccw.program.ReferenceChannel;

/**
 * A user runs hundreds of programs, and finds in status and memory what {@link ReferenceChannel},
 * working directly on a copy of the memory, says.
 */
@DisplayName("ccw 3: random programs, through the regions and the simulated channel")
class RandomUserProgramsTest {
  private static final int PROGRAMS = 600;

  private final CcwHost host =
      new CcwHost(
          """
          {"subchannels": [{"number": "0000", "device": "0200", "chpids": ["20"], "kind": "test",
                            "commands": %s}]}
          """
              .formatted(ReferenceChannel.COMMANDS));

  @ParameterizedTest(name = "seed {0}")
  @ValueSource(longs = {7, 20261128})
  void sameAsOnTheMemoryItself(long seed) {
    RandomPrograms programs = new RandomPrograms(seed, CcwUser.IOVA);
    // What a unit check leaves comes with the status that tells of it, and is gone then.
    byte[] sense = new byte[32];
    try (host;
        CcwUser user = host.open(0)) {
      MemorySegment memory = user.memory.asSlice(0, RandomPrograms.SIZE);
      for (int i = 0; i < PROGRAMS; i++) {
        String name = "seed " + seed + ", program " + i;
        Orb orb = programs.fill(memory);
        MemorySegment expected = MemorySegment.ofArray(new byte[RandomPrograms.SIZE]);
        expected.copyFrom(memory);
        ReferenceChannel.End end =
            new ReferenceChannel(
                    (address, length) -> expected.asSlice(address - CcwUser.IOVA, length),
                    orb,
                    sense)
                .run();
        Arrays.fill(sense, (byte) 0);

        user.start(orb);
        Scsw scsw = user.awaitIrb().scsw();

        assertThat(new ReferenceChannel.End(scsw.status(), scsw.cpa(), scsw.word2()))
            .as(name)
            .isEqualTo(end);
        assertThat(memory.mismatch(expected)).as(name).isEqualTo(-1);
        assertThat(user.container.iommu().pinnedPages()).as(name).isZero();
      }
    }
  }
}
