package org.mdev4j.samples.mbochs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.samples.mbochs.OpenDisplay.REGISTERS;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RegistersTest {
  private static final long VBE = REGISTERS + 0x500;

  private final OpenDisplay display = new OpenDisplay(MemorySize.SMALL);

  @AfterEach
  void close() {
    display.close();
  }

  @ParameterizedTest
  @CsvSource({
    "SMALL, 64",
    "MEDIUM, 256",
    "LARGE, 1024",
  })
  void atFirstTheyTellTheCardAndItsMemory(MemorySize size, int units) {
    try (OpenDisplay other = new OpenDisplay(size)) {
      assertThat(other.vbe(0)).isEqualTo(0xb0c5);
      for (int index = 1; index < 10; index++) {
        assertThat(other.vbe(index)).isZero();
      }
      assertThat(other.vbe(10)).isEqualTo(units);
    }
  }

  @Test
  void eachKeepsWhatIsWritten() {
    for (int index = 0; index < 11; index++) {
      display.vbe(index, 0xff00 + index);
    }
    for (int index = 0; index < 11; index++) {
      assertThat(display.vbe(index)).isEqualTo(0xff00 + index);
    }
  }

  @Test
  void theyTakeSixteenBitsAtATime() {
    display.write(VBE + 4, "11223344");
    assertThat(display.vbe(2)).isZero();
    display.write(VBE + 2, "80020304");
    assertThat(display.vbe(1)).isEqualTo(0x0280);
    assertThat(display.vbe(2)).isEqualTo(0x0403);
    display.write(VBE + 2, "ff");
    display.write(VBE + 3, "ffff");
    assertThat(display.vbe(1)).isEqualTo(0x0280);
    assertThat(display.vbe(2)).isEqualTo(0x0403);

    assertThat(display.read(VBE, 4)).isEqualTo("00000000");
    assertThat(display.read(VBE + 2, 4)).isEqualTo("80020304");
    assertThat(display.read(VBE, 1)).isEqualTo("00");
    assertThat(display.read(VBE + 1, 2)).isEqualTo("0000");
  }

  @Test
  void elsewhereIsNothing() {
    for (long at : new long[] {0x400, 0x402, 0x41e, 0x4fe, 0x516, 0x518, 0x600, 0x604, 0xffc}) {
      display.write(REGISTERS + at, "ffff");
      assertThat(display.read(REGISTERS + at, 2)).isEqualTo("0000");
      display.write(REGISTERS + at, "ff");
      assertThat(display.read(REGISTERS + at, 1)).isEqualTo("00");
    }
    assertThat(display.read(REGISTERS + 0x404, 4)).isEqualTo("00000000");
    assertThat(display.vbe(0)).isEqualTo(0xb0c5);
  }

  @Test
  void resetSwitchesOffAndTouchesNothingElse() {
    display.mode(640, 480);
    display.vbe(0, 0);
    display.vbe(10, 0);
    display.write(OpenDisplay.MEMORY, "12345678");
    display.write(OpenDisplay.EDID + 8, "80000000");
    display.write(0x18, "00a000fe");
    display.file().reset();
    assertThat(display.vbe(0)).isEqualTo(0xb0c5);
    assertThat(display.vbe(10)).isEqualTo(64);
    for (int index = 1; index < 10; index++) {
      assertThat(display.vbe(index)).isZero();
    }
    assertThat(display.read(OpenDisplay.MEMORY, 4)).isEqualTo("12345678");
    assertThat(display.read32(OpenDisplay.EDID + 8)).isEqualTo(0x80);
    assertThat(display.read32(0x18)).isEqualTo(0xfe00_a000L);
  }

  @Test
  void aGuestsDriverFindsWhatItLooksForAlsoAfterAnother() {
    for (int user = 0; user < 2; user++) {
      assertThat(display.read32(0)).isEqualTo(0x1111_1234);
      assertThat(display.read(8, 4)).isEqualTo("01008003");
      assertThat(display.vbe(0) & 0xfff0).isEqualTo(0xb0c0);
      assertThat(display.vbe(10) << 16).isEqualTo(4 << 20);
      assertThat(display.read(REGISTERS, 8)).isEqualTo("0000000000000000");
      display.write(REGISTERS + 0x400, "20");
      display.mode(1024, 768);
      assertThat(display.plane().width()).isEqualTo(1024);
      display.reopen();
    }
  }
}
