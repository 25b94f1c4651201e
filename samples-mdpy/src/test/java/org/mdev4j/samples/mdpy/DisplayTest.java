package org.mdev4j.samples.mdpy;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.testkit.host.TestHost.assertErrno;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.vfio.DeviceInfo;
import org.mdev4j.vfio.RegionInfo;
import org.mdev4j.vfio.irq.IrqIndex;
import org.mdev4j.vfio.irq.IrqSet;

/** What a user finds out about a display: its infos, configuration space and interrupts. */
class DisplayTest {
  private final OpenDisplay display = new OpenDisplay(Resolution.VGA);

  @AfterEach
  void close() {
    display.close();
  }

  @Test
  void itIsAPciDeviceThatDoesNotAnnounceItsReset() {
    assertThat(display.file().info(16)).isEqualTo(new DeviceInfo(2, 9, 5));
    display.file().reset();
  }

  @Test
  void itsConfigurationSpaceIsThatOfThisCard() {
    assertThat(display.read(0, 256))
        .isEqualTo(
            "361b0f00030010000100800300000000"
                + "08000000000000000000000000000000"
                + "000000000000000000000000f41a0011"
                + "00000000400000000000000000000000"
                + "090010005852323480020000e0010000"
                + "00".repeat(0xb0));
  }

  @ParameterizedTest
  @CsvSource({
    "VGA, 640, 480",
    "XGA, 1024, 768",
    "HD, 1920, 1080",
  })
  void theCapabilityTellsTheGuestsDriverTheFormat(Resolution resolution, long width, long height) {
    try (OpenDisplay other = new OpenDisplay(resolution)) {
      assertThat(other.read32(0x00)).isEqualTo(0x000f_1b36);
      assertThat(other.read32(0x2c)).isEqualTo(0x1100_1af4);
      assertThat(other.read(0x34, 1)).isEqualTo("40");
      assertThat(other.read(0x40, 4)).isEqualTo("09001000");
      assertThat(other.read32(0x44)).isEqualTo(0x3432_5258);
      assertThat(other.read32(0x48)).isEqualTo(width);
      assertThat(other.read32(0x4c)).isEqualTo(height);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "VGA, 2097152, 0xffe00008",
    "XGA, 4194304, 0xffc00008",
    "HD, 8388608, 0xff800008",
  })
  void theFirstBarAsksForTheNextPowerOfTwo(Resolution resolution, long size, long told) {
    try (OpenDisplay other = new OpenDisplay(resolution)) {
      other.write(0x10, "ffffffff");
      assertThat(other.read32(0x10)).isEqualTo(told);
      assertThat(other.file().regionInfo(32, 0).size()).isEqualTo(size);
    }
  }

  @Test
  void theFirstBarTakesAnAddress() {
    display.write(0x10, "345678e0");
    assertThat(display.read32(0x10)).isEqualTo(0xe060_0008L);
    display.write(0x13, "aa");
    assertThat(display.read32(0x10)).isEqualTo(0xaa60_0008L);
    display.write(0x10, "00000000");
    assertThat(display.read32(0x10)).isEqualTo(8);
  }

  @Test
  void nothingElseOfConfigurationSpaceCanBeWritten() {
    String before = display.read(0, 256);
    for (int at = 0; at < 256; at += 4) {
      if (at != 0x10) {
        display.write(at, "ffffffff");
        display.write(at + 1, "00");
      }
    }
    assertThat(display.read(0, 256)).isEqualTo(before);
  }

  @Test
  void configurationSpaceHas256Bytes() {
    assertThat(display.read(0xff, 1)).isEqualTo("00");
    assertThat(display.read(0xfd, 3)).isEqualTo("000000");
    assertThat(display.read(0, 0)).isEmpty();
    assertErrno(Errno.EFAULT, () -> display.read(0xfc, 8));
    assertErrno(Errno.EFAULT, () -> display.read(0x100, 1));
    assertErrno(Errno.EFAULT, () -> display.write(0x100, "00"));
    assertErrno(Errno.EFAULT, () -> display.read(4094, 2));
  }

  @ParameterizedTest
  @EnumSource
  void theFramebufferIsFoundTwice(Resolution resolution) {
    try (OpenDisplay other = new OpenDisplay(resolution)) {
      for (int index : new int[] {0, 16}) {
        RegionInfo info = other.file().regionInfo(48, index);
        assertThat(info.flags()).isEqualTo(7);
        assertThat(info.offset()).isEqualTo(4096);
        assertThat(info.size()).isEqualTo(resolution.memorySize());
        assertThat(info.capOffset()).isZero();
      }
    }
  }

  @Test
  void itsOtherRegionsAreConfigurationSpaceAndNothing() {
    RegionInfo config = display.file().regionInfo(32, 7);
    assertThat(config.flags()).isEqualTo(3);
    assertThat(config.size()).isEqualTo(256);
    assertThat(config.offset()).isZero();
    for (int index : new int[] {1, 2, 3, 4, 5, 6, 8}) {
      RegionInfo none = display.file().regionInfo(32, index);
      assertThat(none.flags()).isZero();
      assertThat(none.size()).isZero();
      assertThat(none.offset()).isZero();
    }
    for (int index : new int[] {9, 10, 15, 17, 0x7fff_ffff, -1}) {
      assertErrno(Errno.EINVAL, () -> display.file().regionInfo(32, index));
    }
    assertErrno(Errno.EINVAL, () -> display.file().regionInfo(31, 0));
  }

  @Test
  void itHasNoInterrupts() {
    for (int index = 0; index < 5; index++) {
      IrqIndex none = display.file().irqInfo(16, index);
      assertThat(none.count()).isZero();
      assertThat(none.flags()).isZero();
      for (int flags : new int[] {0x21, 0x22, 0x24, 0x09, 0x11}) {
        IrqSet request = new IrqSet(24, flags, index, 0, 1, new byte[1], List.of());
        assertErrno(Errno.EINVAL, () -> display.file().setIrqs(request));
      }
    }
    assertErrno(Errno.EINVAL, () -> display.file().irqInfo(16, 5));
    assertErrno(Errno.EINVAL, () -> display.file().irqInfo(15, 0));
  }

  @Test
  void aNewUserFindsNoAddressOfTheOneBefore() {
    display.write(0x10, "000060fe");
    display.reopen();
    assertThat(display.read32(0x10)).isEqualTo(8);
  }
}
