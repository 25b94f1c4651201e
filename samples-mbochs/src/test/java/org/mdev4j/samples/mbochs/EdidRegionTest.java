package org.mdev4j.samples.mbochs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.samples.mbochs.OpenDisplay.EDID;
import static org.mdev4j.samples.mbochs.OpenDisplay.REGISTERS;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EdidRegionTest {
  private static final long SIZE = EDID + 0x08;
  private static final long LINK = EDID + 0x14;
  private static final long BLOB = EDID + 0x800;

  private final OpenDisplay display = new OpenDisplay(MemorySize.SMALL);

  @AfterEach
  void close() {
    display.close();
  }

  @ParameterizedTest
  @CsvSource({
    "SMALL, 800, 600",
    "MEDIUM, 1920, 1440",
    "LARGE, 0, 0",
  })
  void itsRegistersTellWhereTheBlobGoesAndWhatItMaySay(MemorySize size, long width, long height) {
    try (OpenDisplay other = new OpenDisplay(size)) {
      assertThat(other.read32(EDID)).isEqualTo(0x800);
      assertThat(other.read32(EDID + 0x04)).isEqualTo(0x400);
      assertThat(other.read32(SIZE)).isZero();
      assertThat(other.read32(EDID + 0x0c)).isEqualTo(width);
      assertThat(other.read32(EDID + 0x10)).isEqualTo(height);
      assertThat(other.read32(LINK)).isZero();
      assertThat(other.read32(EDID + 0x18)).isZero();
    }
  }

  @Test
  void onlySizeAndLinkCanBeSet() {
    for (long at = EDID; at < EDID + 0x20; at += 4) {
      display.write(at, "01020304");
    }
    assertThat(display.read32(EDID)).isEqualTo(0x800);
    assertThat(display.read32(EDID + 0x04)).isEqualTo(0x400);
    assertThat(display.read32(SIZE)).isEqualTo(0x0403_0201);
    assertThat(display.read32(EDID + 0x0c)).isEqualTo(800);
    assertThat(display.read32(EDID + 0x10)).isEqualTo(600);
    assertThat(display.read32(LINK)).isEqualTo(0x0403_0201);
    assertThat(display.read32(EDID + 0x18)).isZero();
  }

  @Test
  void itsRegistersTake32BitsAtATime() {
    display.write(SIZE, "80000000");
    display.write(SIZE, "ff");
    display.write(SIZE + 2, "ffff");
    assertThat(display.read32(SIZE)).isEqualTo(0x80);
    assertThat(display.read(SIZE, 2)).isEqualTo("0000");
    assertThat(display.read(SIZE + 1, 1)).isEqualTo("00");
    assertThat(display.read(EDID, 8)).isEqualTo("0008000000040000");
  }

  @Test
  void theBlobTakesAnyWidthUpToItsEnd() {
    display.write(BLOB, "0102030405");
    display.write(BLOB + 0x3fd, "0a0b0c0d0e0f");
    assertThat(display.read(BLOB, 6)).isEqualTo("010203040500");
    assertThat(display.read(BLOB + 1, 3)).isEqualTo("020304");
    assertThat(display.read(BLOB + 0x3fc, 8)).isEqualTo("000a0b0c00000000");
    assertThat(display.read(EDID + 0xffc, 4)).isEqualTo("00000000");
  }

  @Test
  void theGuestSeesItWhileTheLinkIsUp() {
    connect(0x80);
    assertThat(display.read(REGISTERS, 4)).isEqualTo("00ffffff");
    assertThat(display.read(REGISTERS + 1, 1)).isEqualTo("ff");
    assertThat(display.read(REGISTERS + 0x7e, 4)).isEqualTo("ab" + "cd" + "0000");
    display.write(REGISTERS, "55");
    assertThat(display.read(REGISTERS, 4)).isEqualTo("00ffffff");
    display.write(LINK, "02000000");
    assertThat(display.read(REGISTERS, 4)).isEqualTo("00000000");
    display.write(LINK, "07000000");
    assertThat(display.read(REGISTERS, 4)).isEqualTo("00000000");
  }

  @Test
  void theGuestSeesNothingBehindIt() {
    connect(3);
    assertThat(display.read(REGISTERS, 8)).isEqualTo("00ffff0000000000");
    connect(0);
    assertThat(display.read(REGISTERS, 8)).isEqualTo("0000000000000000");
  }

  @ParameterizedTest
  @ValueSource(ints = {0x400, 0x401, 0x7fff_ffff, -1})
  void aSizeThatIsTooLargeMeansTheLargest(int size) {
    connect(size);
    assertThat(display.read32(SIZE)).isEqualTo(Integer.toUnsignedLong(size));
    assertThat(display.read(REGISTERS + 0x3fe, 4)).isEqualTo("00ee0000");
  }

  @Test
  void aNewUserFindsNoMonitor() {
    connect(0x80);
    display.reopen();
    assertThat(display.read(REGISTERS, 4)).isEqualTo("00000000");
    assertThat(display.read32(SIZE)).isZero();
    assertThat(display.read32(LINK)).isZero();
    assertThat(display.read(BLOB, 4)).isEqualTo("00000000");
  }

  /** As a user does it: link down, blob and size, link up. */
  private void connect(int size) {
    display.write(LINK, "02000000");
    display.write(BLOB, "00ffffffffffff00");
    display.write(BLOB + 0x7e, "abcd9999");
    display.write(BLOB + 0x3ff, "ee");
    display.write(SIZE, "%08x".formatted(Integer.reverseBytes(size)));
    display.write(LINK, "01000000");
  }
}
