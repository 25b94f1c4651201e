package org.mdev4j.sim.css.device;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.HexFormat;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.Pmcw;
import org.mdev4j.css.Scsw;
import org.mdev4j.sim.css.channel.Rig;

/** The virtio transport over channel I/O, as far as no queue is needed. */
class VirtioDeviceTest {
  private static final int SLI = Ccw.SUPPRESS_LENGTH;
  private static final int DATA = 0x2000;
  private static final int DONE = 0x0C00_0000;
  private static final int INCORRECT_LENGTH = 0x0C40_0000;
  private static final int REJECTED = 0x02;

  private final Rig disk = new Rig(VirtioDevice.disk(1 << 21, 2));

  @AfterEach
  void close() {
    disk.close();
  }

  private static Scsw run(Rig rig, int command, int flags, int count) {
    return rig.run(new Ccw(command, flags, count, rig.at(DATA)));
  }

  private static void put(Rig rig, String hex) {
    byte[] bytes = HexFormat.of().parseHex(hex);
    MemorySegment.copy(MemorySegment.ofArray(bytes), 0, rig.bytes(), DATA, bytes.length);
  }

  private static String get(Rig rig, int at, int length) {
    return HexFormat.of()
        .formatHex(rig.bytes().asSlice(DATA + at, length).toArray(ValueLayout.JAVA_BYTE));
  }

  private static String features(Rig rig, int index) {
    put(rig, String.format("00000000%02x", index));
    assertThat(run(rig, 0x12, 0, 5).word2()).isEqualTo(DONE);
    return get(rig, 0, 4);
  }

  private void reenable() {
    Pmcw pmcw = disk.schib().pmcw();
    disk.modify(pmcw.withEnabled(false, 3, Rig.INTPARM));
    disk.modify(pmcw.withEnabled(true, 3, Rig.INTPARM));
  }

  @Test
  void saysWhichDeviceItIs() {
    try (Rig entropy = new Rig(VirtioDevice.plain(4))) {
      assertThat(run(entropy, 0xE4, SLI, 0xFFFF).residualCount()).isEqualTo(0xFEFF);
      assertThat(get(entropy, 0, 8)).isEqualTo("ff38320400000000");
    }
    assertThat(run(disk, 0xE4, SLI, 0xFFFF).residualCount()).isEqualTo(0xFEFF);
    assertThat(get(disk, 0, 8)).isEqualTo("ff38320200000000");
    assertThat(run(disk, 0x77, SLI, 1).deviceStatus()).isEqualTo(REJECTED);
  }

  @Test
  void offersTheFeaturesOfALegacyDeviceFirst() {
    // SEG_MAX, GEOMETRY, BLK_SIZE, FLUSH, TOPOLOGY, CONFIG_WCE, MQ, DISCARD, WRITE_ZEROES, and
    // NOTIFY_ON_EMPTY, ANY_LAYOUT, INDIRECT_DESC, EVENT_IDX.
    assertThat(features(disk, 0)).isEqualTo("547e0039");
    assertThat(features(disk, 1)).as("bits from 32 on").isEqualTo("00000000");
    assertThat(features(disk, 2)).isEqualTo("00000000");
    try (Rig entropy = new Rig(VirtioDevice.plain(4))) {
      assertThat(features(entropy, 0)).isEqualTo("00000039");
    }
  }

  @Test
  void offersOtherFeaturesOnceARevisionWasSet() {
    put(disk, "00020000");
    assertThat(run(disk, 0x83, 0, 4).word2()).isEqualTo(DONE);
    assertThat(features(disk, 0)).isEqualTo("547e0030");
    assertThat(features(disk, 1)).as("VERSION_1").isEqualTo("01000000");
    assertThat(run(disk, 0x22, 0, 8).word2()).isEqualTo(DONE);
    assertThat(get(disk, 0, 8)).as("capacity, little-endian").isEqualTo("0000200000000000");
  }

  @Test
  void takesARevisionThatItKnowsOnceUntilItIsDisabled() {
    put(disk, "00030000");
    assertThat(run(disk, 0x83, 0, 4).deviceStatus()).as("unknown").isEqualTo(0x0C | REJECTED);
    put(disk, "00010000");
    assertThat(run(disk, 0x83, 0, 4).word2()).isEqualTo(DONE);
    assertThat(run(disk, 0x83, 0, 4).deviceStatus()).as("again").isEqualTo(0x0C | REJECTED);
    reenable();
    assertThat(features(disk, 1)).as("a legacy device again").isEqualTo("00000000");
    put(disk, "00010000");
    assertThat(run(disk, 0x83, 0, 4).deviceStatus()).as("too late").isEqualTo(0x0C | REJECTED);
  }

  @Test
  void showsItsConfiguration() {
    assertThat(run(disk, 0x22, SLI, 64).word2()).isEqualTo(DONE | 7);
    assertThat(get(disk, 0, 8)).as("blocks").isEqualTo("0000000000200000");
    assertThat(get(disk, 8, 8)).as("no limit; 254 segments").isEqualTo("00000000000000fe");
    assertThat(get(disk, 16, 4)).as("2080 cylinders, 16, 63").isEqualTo("0820103f");
    assertThat(get(disk, 20, 4)).as("block size").isEqualTo("00000200");
    assertThat(get(disk, 24, 12))
        .as("topology, cache, queues")
        .isEqualTo("000000000000000001000002");
    assertThat(get(disk, 36, 21))
        .as("discards and zeroes")
        .isEqualTo("003fffff0000000100000001003fffff0000000101");
    assertThat(run(disk, 0x22, 0, 64).word2()).isEqualTo(INCORRECT_LENGTH | 7);
  }

  @Test
  void showsTheBeginOfItsConfigurationToWhoeverWantsLess() {
    assertThat(run(disk, 0x22, 0, 6).word2()).isEqualTo(DONE);
    assertThat(get(disk, 0, 8)).isEqualTo("0000000000200000");
    disk.bytes().asSlice(DATA, 64).fill((byte) 0);
    Scsw chained =
        disk.run(
            new Ccw(0x22, Ccw.CHAIN_DATA, 20, disk.at(DATA)),
            new Ccw(0, 0, 4, disk.at(DATA + 0x100)));
    assertThat(chained.word2()).isEqualTo(DONE);
    assertThat(get(disk, 16, 8)).isEqualTo("0820103f00000000");
    assertThat(get(disk, 0x100, 4)).isEqualTo("00000200");
  }

  @Test
  void keepsItsStatusUntilItIsReset() {
    put(disk, "03");
    assertThat(run(disk, 0x31, 0, 1).word2()).isEqualTo(DONE);
    put(disk, "ff");
    assertThat(run(disk, 0x72, 0, 1).word2()).isEqualTo(DONE);
    assertThat(get(disk, 0, 1)).isEqualTo("03");
    assertThat(run(disk, 0x33, SLI, 0).word2()).isEqualTo(DONE);
    assertThat(run(disk, 0x72, 0, 1).word2()).isEqualTo(DONE);
    assertThat(get(disk, 0, 1)).isEqualTo("00");
  }

  @Test
  void tellsTheSizeOfAQueue() {
    put(disk, "00010000");
    assertThat(run(disk, 0x32, 0, 4).word2()).isEqualTo(DONE);
    assertThat(get(disk, 0, 4)).isEqualTo("00010100");
    put(disk, "00020000");
    assertThat(run(disk, 0x32, 0, 4).word2()).isEqualTo(DONE);
    assertThat(get(disk, 0, 4)).as("there are two").isEqualTo("00020000");
  }

  @Test
  void takesWhatItDoesNotUse() {
    assertThat(run(disk, 0x11, 0, 5).word2()).isEqualTo(DONE);
    assertThat(run(disk, 0x13, 0, 16).word2()).isEqualTo(DONE);
    assertThat(run(disk, 0x21, 0, 57).word2()).isEqualTo(DONE);
    assertThat(run(disk, 0x43, 0, 8).word2()).isEqualTo(DONE);
    assertThat(run(disk, 0x53, 0, 8).word2()).isEqualTo(DONE);
    assertThat(run(disk, 0x73, 0, 25).word2()).isEqualTo(DONE);
    assertThat(run(disk, 0x73, 0, 24).word2()).isEqualTo(INCORRECT_LENGTH);
  }

  @Test
  void rejectsAQuestionThatIsNotWhole() {
    assertThat(run(disk, 0x12, SLI, 4).deviceStatus()).isEqualTo(REJECTED);
    assertThat(run(disk, 0x32, SLI, 1).deviceStatus()).isEqualTo(REJECTED);
    assertThat(run(disk, 0x83, SLI, 3).deviceStatus()).isEqualTo(REJECTED);
  }
}
