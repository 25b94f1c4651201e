package org.mdev4j.vfio.pci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;

class PciConfigSpaceTest {
  @Test
  void theHeaderSaysWhatWasStated() {
    PciConfigSpace config =
        PciConfigSpace.builder(0x1af4, 0x1050)
            .subsystem(0x1234, 0xabcd)
            .classCode(0x038002)
            .revision(7)
            .command(0x0103)
            .status(0x0280)
            .interruptPin(2)
            .build();
    assertThat(config.read(0x00, 4)).isEqualTo(0x1050_1af4L);
    assertThat(config.read(0x04, 4)).isEqualTo(0x0280_0103L);
    assertThat(config.read(0x08, 4)).isEqualTo(0x0380_0207L);
    assertThat(config.read(0x2c, 4)).isEqualTo(0xabcd_1234L);
    assertThat(config.read(0x3c, 4)).isEqualTo(0x0000_0200L);
    assertThat(config.read(0x3d, 1)).isEqualTo(2);
    assertThat(config.read(0x02, 2)).isEqualTo(0x1050);
  }

  @Test
  void whatIsNotStatedIsZeroAndIgnoresWrites() {
    PciConfigSpace config = PciConfigSpace.builder(1, 2).build();
    for (int at = 0; at < PciConfigSpace.SIZE; at += 4) {
      config.write(at, 4, 0xffff_ffffL);
      assertThat(config.read(at, 4)).isEqualTo(at == 0 ? 0x0002_0001L : 0);
    }
  }

  @Test
  void beyondTheEndAreZerosAndWritesGoNowhere() {
    PciConfigSpace config = PciConfigSpace.builder(-1, -1).bytes(0xff, (byte) 0x5a).build();
    assertThat(config.read(0xff, 1)).isEqualTo(0x5a);
    assertThat(config.read(0xff, 4)).isEqualTo(0x5a);
    assertThat(config.read(0x100, 4)).isZero();
    assertThat(config.read(1L << 39, 4)).isZero();
    config.write(0x100, 4, -1);
    config.write(1L << 32, 4, -1);
    assertThat(config.read(0, 4)).isEqualTo(0xffff_ffffL);
  }

  @Test
  void onlyBitsThatAreWritableChange() {
    PciConfigSpace config =
        PciConfigSpace.builder(1, 2)
            .bytes(0x50, (byte) 0xf0, (byte) 0x0f)
            .writable(0x50, 0x3c)
            .build();
    config.write(0x50, 4, 0x0000_ffffL);
    assertThat(config.read(0x50, 4)).isEqualTo(0x0000_0ffcL);
    config.write(0x50, 1, 0);
    assertThat(config.read(0x50, 2)).isEqualTo(0x0fc0);
  }

  @Test
  void theInterruptLineIsAByteForTheGuest() {
    PciConfigSpace config =
        PciConfigSpace.builder(1, 2).interruptPin(1).writableInterruptLine().build();
    config.write(0x3c, 4, 0x0102_0304);
    assertThat(config.read(0x3c, 4)).isEqualTo(0x0104);
    config.write(0x3d, 1, 9);
    assertThat(config.read(0x3c, 4)).isEqualTo(0x0104);
  }

  @Test
  void resetForgetsWhatWasWritten() {
    PciConfigSpace config =
        PciConfigSpace.builder(1, 2).bar(0, PciBar.io(8)).writableInterruptLine().build();
    config.write(0x10, 4, 0xc000);
    config.write(0x3c, 1, 5);
    config.reset();
    assertThat(config.read(0x10, 4)).isEqualTo(1);
    assertThat(config.read(0x3c, 1)).isZero();
  }

  @Test
  void twoSpacesOfOneBuilderShareNothing() {
    PciConfigSpace.Builder builder = PciConfigSpace.builder(1, 2).bar(0, PciBar.io(8));
    PciConfigSpace one = builder.build();
    PciConfigSpace other = builder.build();
    one.write(0x10, 4, 0xc000);
    assertThat(other.read(0x10, 4)).isEqualTo(1);
  }

  @Test
  void theDeviceSpecificPartHoldsEachByteOnce() {
    PciConfigSpace.Builder builder = PciConfigSpace.builder(1, 2).bytes(0x40, new byte[16]);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.bytes(0x4f, (byte) 1))
        .withMessageContaining("0x4f");
    assertThatIllegalArgumentException().isThrownBy(() -> builder.bytes(0x3c, (byte) 1));
    assertThatIllegalArgumentException().isThrownBy(() -> builder.bytes(0xf9, new byte[8]));
    builder.bytes(0xf8, new byte[8]);
  }
}
