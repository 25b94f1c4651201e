package org.mdev4j.samples.mbochs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.testkit.host.TestHost.assertErrno;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.vfio.DeviceInfo;
import org.mdev4j.vfio.RegionInfo;
import org.mdev4j.vfio.irq.IrqIndex;
import org.mdev4j.vfio.irq.IrqSet;

/** What a user finds out about a display: its infos, configuration space and interrupts. */
class BochsDisplayTest {
  private final OpenDisplay display = new OpenDisplay(MemorySize.SMALL);

  @AfterEach
  void close() {
    display.close();
  }

  @Test
  void itIsAPciDeviceThatDoesNotAnnounceItsReset() {
    assertThat(display.file().info(16)).isEqualTo(new DeviceInfo(2, 10, 5));
    display.file().reset();
  }

  @Test
  void itsConfigurationSpaceIsThatOfTheCardThatGuestsKnow() {
    assertThat(display.read(0, 256))
        .isEqualTo(
            "34121111030000000100800300000000"
                + "08000000000000000000000000000000"
                + "000000000000000000000000f41a0011"
                + "00".repeat(0xd0));
  }

  @ParameterizedTest
  @CsvSource({
    "SMALL, 0xffc00008",
    "MEDIUM, 0xff000008",
    "LARGE, 0xfc000008",
  })
  void itsBarsTellTheirSizes(MemorySize size, long told) {
    try (OpenDisplay other = new OpenDisplay(size)) {
      for (int at = 0x10; at < 0x28; at += 4) {
        other.write(at, "ffffffff");
      }
      assertThat(other.read32(0x10)).isEqualTo(told);
      assertThat(other.read32(0x14)).isZero();
      assertThat(other.read32(0x18)).isEqualTo(0xffff_f000L);
      assertThat(other.read(0x1c, 12)).isEqualTo("00".repeat(12));
    }
  }

  @Test
  void itsBarsTakeAddresses() {
    display.write(0x10, "345678e0");
    display.write(0x18, "345678e0");
    assertThat(display.read32(0x10)).isEqualTo(0xe040_0008L);
    assertThat(display.read32(0x18)).isEqualTo(0xe078_5000L);
    display.write(0x1a, "3412");
    assertThat(display.read32(0x18)).isEqualTo(0x1234_5000L);
  }

  @Test
  void nothingElseOfConfigurationSpaceCanBeWritten() {
    String before = display.read(0, 256);
    for (int at = 0; at < 256; at += 4) {
      if (at != 0x10 && at != 0x18) {
        display.write(at, "ffffffff");
      }
    }
    assertThat(display.read(0, 256)).isEqualTo(before);
    assertErrno(Errno.EFAULT, () -> display.read(0xfe, 4));
    assertErrno(Errno.EFAULT, () -> display.read(0x100, 1));
  }

  @ParameterizedTest
  @CsvSource({
    "SMALL, 4194304",
    "MEDIUM, 16777216",
    "LARGE, 67108864",
  })
  void itsRegionsFollowEachOther(MemorySize size, long bytes) {
    try (OpenDisplay other = new OpenDisplay(size)) {
      assertRegion(other.file().regionInfo(32, 7), 3, 256, 0);
      assertRegion(other.file().regionInfo(32, 2), 3, 4096, 0x1000);
      assertRegion(other.file().regionInfo(32, 9), 11, 4096, 0x2000);
      assertRegion(other.file().regionInfo(32, 0), 7, bytes, 0x3000);
      for (int index : new int[] {1, 3, 4, 5, 6, 8}) {
        assertRegion(other.file().regionInfo(32, index), 0, 0, 0);
      }
      for (int index : new int[] {10, 16, -1}) {
        assertErrno(Errno.EINVAL, () -> other.file().regionInfo(32, index));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {32, 40, 47})
  void theCapabilityOfTheEdidRegionNeedsRoom(int argsz) {
    RegionInfo info = display.file().regionInfo(argsz, 9);
    assertThat(info.argsz()).isEqualTo(48);
    assertThat(info.flags()).isEqualTo(11);
    assertThat(info.capOffset()).isZero();
  }

  @ParameterizedTest
  @ValueSource(ints = {48, 64, 256})
  void theCapabilityOfTheEdidRegionTellsItsType(int argsz) {
    RegionInfo info = display.file().regionInfo(argsz, 9);
    assertThat(info.argsz()).isEqualTo(argsz);
    assertThat(info.flags()).isEqualTo(11);
    assertThat(info.capOffset()).isEqualTo(32);
    assertThat(info.capabilities()).containsExactly(2, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0);
    assertThat(display.file().regionInfo(argsz, 0).capOffset()).isZero();
  }

  @Test
  void itHasNoInterrupts() {
    for (int index = 0; index < 5; index++) {
      IrqIndex none = display.file().irqInfo(16, index);
      assertThat(none.count()).isZero();
      assertThat(none.flags()).isZero();
      IrqSet request = new IrqSet(20, 0x21, index, 0, 0, new byte[0], List.of());
      assertErrno(Errno.EINVAL, () -> display.file().setIrqs(request));
    }
    assertErrno(Errno.EINVAL, () -> display.file().irqInfo(16, 5));
  }

  private static void assertRegion(RegionInfo info, int flags, long size, long offset) {
    assertThat(info.flags()).isEqualTo(flags);
    assertThat(info.size()).isEqualTo(size);
    assertThat(info.offset()).isEqualTo(offset);
  }
}
