package org.mdev4j.sim.css.channel;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.ConditionCode;
import org.mdev4j.css.Orb;
import org.mdev4j.css.Scsw;
import org.mdev4j.device.host.ManualClock;
import org.mdev4j.sim.css.device.TestDevice;
import org.mdev4j.sim.css.device.TestDevice.Answer;

/**
 * Ten thousand channel programs made of good and bad CCWs, run by the subchannel and by {@link
 * SimpleInterpreter}: memory, status, CPA, residual count and what the device got must be equal.
 */
class RandomProgramsTest {
  static final byte[] INPUT = new byte[300];
  static final int OUTPUT = 24;

  private static final int PROGRAMS = 5_000;
  private static final int[] COMMANDS = {
    0x02, 0x02, 0x02, 0x01, 0x01, 0x05, 0x03, 0x0F, 0x04, 0x0E, 0x77, 0x08, 0x08, 0x00, 0x18
  };
  private static final int[] FLAGS = {
    0x20, 0x20, 0x00, 0x40, 0x60, 0x60, 0x60, 0x60, 0xA0, 0x80, 0x80, 0xC0, 0x30, 0x70, 0x24, 0x64,
    0xA4, 0x02, 0x01
  };

  static {
    for (int i = 0; i < INPUT.length; i++) {
      INPUT[i] = (byte) (i + 1);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {20261124, 42})
  void sameAsTheSimpleInterpreter(long seed) {
    Random random = new Random(seed);
    TreeMap<String, Integer> kinds = new TreeMap<>();
    TestDevice device = device();
    byte[] sense = new byte[32];
    try (Rig rig = new Rig(device, Habits.ARCHITECTURE, new ManualClock())) {
      int seen = 0;
      for (int i = 0; i < PROGRAMS; i++) {
        String name = "seed " + seed + ", program " + i;
        Orb orb = fill(rig, random);
        byte[] memory = rig.bytes().toArray(ValueLayout.JAVA_BYTE);
        SimpleInterpreter simple = new SimpleInterpreter(memory, rig.at(0), orb, sense);
        SimpleInterpreter.End expected = simple.run();

        Scsw scsw = rig.run(orb);
        assertThat(scsw.status()).as(name).isEqualTo(expected.status());
        assertThat(scsw.cpa()).as(name).isEqualTo(expected.cpa());
        assertThat(scsw.word2()).as(name).isEqualTo(expected.word2());
        MemorySegment real = rig.bytes();
        assertThat(real.mismatch(MemorySegment.ofArray(memory))).as(name).isEqualTo(-1);
        List<byte[]> received = device.received();
        List<List<Byte>> got = new ArrayList<>();
        for (byte[] each : received.subList(seen, received.size())) {
          got.add(box(each));
        }
        assertThat(got).as(name).isEqualTo(simple.received());
        seen = received.size();
        String kind = String.format("%02X/%02X", scsw.deviceStatus(), scsw.subchannelStatus());
        kinds.merge(kind, 1, Integer::sum);
      }
    }
    assertThat(kinds)
        .as("all ends occur")
        .containsKeys("0C/00", "0C/40", "00/20", "02/00", "0E/00");
    assertThat(kinds.get("0C/00")).isGreaterThan(PROGRAMS / 10);
  }

  /** A guard against a test that finds nothing: the two do notice a difference. */
  @Test
  void theSimpleInterpreterIsNotTheSame() {
    try (Rig rig = new Rig(device())) {
      rig.program(0, new Ccw(0x03, 0, 5, 0));
      Orb orb = rig.orb(0, 0);
      byte[] memory = rig.bytes().toArray(ValueLayout.JAVA_BYTE);
      Orb lenient = new Orb(0, orb.word1() | Orb.LENGTH_SUPPRESSION, orb.cpa());
      assertThat(new SimpleInterpreter(memory, rig.at(0), lenient, new byte[32]).run().word2())
          .isNotEqualTo(rig.run(orb).word2());
      assertThat(rig.subchannel().tsch().cc()).isEqualTo(ConditionCode.CC1);
    }
  }

  private static TestDevice device() {
    return new TestDevice("FF000100000000", new ManualClock())
        .on(0x02, Answer.offering(INPUT))
        .on(0x01, Answer.taking(OUTPUT))
        .on(0x05, Answer.taking(-1))
        .on(0x0F, Answer.taking(0).ending(0x4C, 0))
        .on(0x0E, Answer.offering(INPUT).ending(0x0E, 0x0800));
  }

  private static List<Byte> box(byte[] bytes) {
    List<Byte> boxed = new ArrayList<>();
    for (byte each : bytes) {
      boxed.add(each);
    }
    return boxed;
  }

  /** Fills the arena with a program at 0, IDALs at 0x1000 and data behind; forward TICs only. */
  private static Orb fill(Rig rig, Random random) {
    boolean format1 = random.nextInt(4) > 0;
    int options = random.nextInt(4) * 0x0001_0000 | (random.nextInt(4) == 0 ? 0x80 : 0);
    byte[] all = new byte[Rig.ARENA];
    random.nextBytes(all);
    ByteBuffer bytes = ByteBuffer.wrap(all);
    boolean longWords = (options & Orb.FORMAT_2_IDAW) != 0;
    int block = longWords && (options & Orb.IDAW_2K) == 0 ? 4096 : 2048;
    for (int list = 0; list < 8; list++) {
      for (int i = 0; i < 4; i++) {
        long word = rig.at(0x4000 + block * random.nextInt(0xB000 / block));
        if (i == 0) {
          word += random.nextInt(block);
        } else if (random.nextInt(40) == 0) {
          word += 4;
        }
        if (longWords) {
          bytes.putLong(0x1000 + 64 * list + 8 * i, word);
        } else {
          bytes.putInt(0x1000 + 64 * list + 4 * i, (int) word);
        }
      }
    }
    int length = 1 + random.nextInt(12);
    for (int i = 0; i < length; i++) {
      int command = COMMANDS[random.nextInt(i == 0 ? 11 : COMMANDS.length)];
      int flags = i == length - 1 ? 0x20 : FLAGS[random.nextInt(FLAGS.length)];
      int count = random.nextInt(12) == 0 ? 0 : random.nextInt(random.nextBoolean() ? 40 : 700);
      int address = rig.at(0x4000 + random.nextInt(0xB000));
      if ((command & 0xF) == 0x08) {
        flags = random.nextInt(12) == 0 ? 0x20 : 0;
        count = 0;
        address = rig.at(8 * (i + 1 + random.nextInt(3)));
      } else if ((flags & 0x04) != 0) {
        address = rig.at(0x1000 + 64 * random.nextInt(8));
      } else if (random.nextInt(60) == 0) {
        address = 16;
      }
      Ccw ccw = new Ccw(command, flags, count, address);
      bytes.putLong(8 * i, format1 ? ccw.toFormat1() : ccw.toFormat0());
    }
    // Whoever runs past the end finds something that is no CCW.
    for (int i = length; i < length + 4; i++) {
      bytes.putLong(8 * i, 0);
    }
    MemorySegment.copy(MemorySegment.ofArray(all), 0, rig.bytes(), 0, all.length);
    int word1 = 0x8000 | options | (format1 ? Orb.FORMAT_1 : 0);
    return new Orb(Rig.INTPARM, word1, rig.at(0));
  }
}
