package org.mdev4j.vfio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.VfioHost.assertErrno;

import java.lang.foreign.MemorySegment;
import java.util.HexFormat;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.vfio.ToyDevices.Card;

@DisplayName("vfio 4.1: an access to registers is split into the largest naturally aligned units")
class RegisterUnitsFileTest {
  private final VfioHost host = new VfioHost();
  private final Card card = new Card();
  private final DeviceFile file = host.open(host.register(host.device("toy0"), card));

  @AfterEach
  void close() {
    host.close();
  }

  @ParameterizedTest(name = "region {0}, offset {1}, size {2}")
  @DisplayName("4, 2, 1, or 8, 4, 2, 1 where the region takes 8; in order, up to the region's end")
  @CsvSource({
    "0,  0, 1, r1@0",
    "0,  0, 2, r2@0",
    "0,  0, 3, r2@0 r1@2",
    "0,  0, 4, r4@0",
    "0,  0, 5, r4@0 r1@4",
    "0,  0, 8, r4@0 r4@4",
    "0,  1, 1, r1@1",
    "0,  1, 2, r1@1 r1@2",
    "0,  1, 4, r1@1 r2@2 r1@4",
    "0,  1, 7, r1@1 r2@2 r4@4",
    "0,  2, 4, r2@2 r2@4",
    "0,  2, 6, r2@2 r4@4",
    "0,  3, 8, r1@3 r4@4 r2@8 r1@10",
    "0, 60, 4, r4@60",
    "0, 63, 1, r1@63",
    "1,  0, 8, r8@0",
    "1,  0, 7, r4@0 r2@4 r1@6",
    "1,  4, 8, r4@4 r4@8",
    "1,  4, 12, r4@4 r8@8",
    "1,  1, 15, r1@1 r2@2 r4@4 r8@8",
    "1,  8, 24, r8@8 r8@16 r8@24",
    "1, 56, 8, r8@56",
  })
  void splits(int region, long offset, int size, String units) {
    assertThat(file.read(Card.at(region) + offset, bytes(size))).isEqualTo(size);
    assertThat(String.join(" ", card.units)).isEqualTo(units);
    card.units.clear();
    assertThat(file.write(Card.at(region) + offset, bytes(size))).isEqualTo(size);
    card.units.removeIf(unit -> !unit.startsWith("w"));
    assertThat(String.join(" ", card.units)).isEqualTo(units.replace('r', 'w'));
  }

  @Test
  @DisplayName("values are little-endian in the user's buffer")
  void isLittleEndian() {
    byte[] read = new byte[15];
    file.read(Card.at(Card.LONGS) + 1, MemorySegment.ofArray(read));
    assertThat(HexFormat.of().formatHex(read)).isEqualTo("0102030405060708090a0b0c0d0e0f");
    card.units.clear();
    byte[] written = HexFormat.of().parseHex("f1f2f3f4f5f6f7f8f9fafbfcfdfeff");
    file.write(Card.at(Card.LONGS) + 1, MemorySegment.ofArray(written));
    assertThat(card.units)
        .containsExactly(
            "w1@1", "f1", "w2@2", "f3f2", "w4@4", "f7f6f5f4", "w8@8", "fffefdfcfbfaf9f8");
  }

  @Test
  @DisplayName("every access reads the same bytes, however it is split")
  void readsTheSame() {
    Random random = new Random(4711);
    for (int i = 0; i < 2000; i++) {
      int region = random.nextInt(2);
      int offset = random.nextInt(Card.SIZE);
      byte[] read = new byte[random.nextInt(Card.SIZE - offset) + 1];
      file.read(Card.at(region) + offset, MemorySegment.ofArray(read));
      for (int at = 0; at < read.length; at++) {
        assertThat(read[at]).isEqualTo((byte) (offset + at));
      }
    }
  }

  @Test
  @DisplayName(
      "a unit that is refused makes the whole call EFAULT, whatever it said; those before stay")
  void refusedUnit() {
    card.refused = offset -> offset >= 8;
    assertErrno(Errno.EFAULT, () -> file.read(0, bytes(12)));
    assertThat(card.units).containsExactly("r4@0", "r4@4");
    card.units.clear();
    assertErrno(Errno.EFAULT, () -> file.write(0, bytes(12)));
    assertThat(card.units).containsExactly("w4@0", "0", "w4@4", "0");
    assertErrno(Errno.EFAULT, () -> file.read(8, bytes(1)));
  }

  @Test
  @DisplayName("a unit that breaks is EIO")
  void brokenUnit() {
    card.onUnit =
        () -> {
          throw new IllegalStateException("by a test");
        };
    assertErrno(Errno.EIO, () -> file.read(0, bytes(4)));
    assertErrno(Errno.EIO, () -> file.write(0, bytes(4)));
  }

  private static MemorySegment bytes(int size) {
    return MemorySegment.ofArray(new byte[size]);
  }
}
