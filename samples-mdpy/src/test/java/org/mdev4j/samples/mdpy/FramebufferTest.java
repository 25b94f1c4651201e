package org.mdev4j.samples.mdpy;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.testkit.host.TestHost.assertErrno;

import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.testkit.host.Background;
import org.mdev4j.vfio.Mapping;
import org.mdev4j.vfio.model.GfxPlane;

@Timeout(60)
class FramebufferTest {
  private static final long AT = 4096;

  @ParameterizedTest
  @EnumSource
  void itShowsTheGradientFromTheFirstRowToTheLast(Resolution resolution) {
    try (OpenDisplay display = new OpenDisplay(resolution)) {
      assertGradient(display, resolution);
      long picture = (long) resolution.stride() * resolution.height();
      long behind = resolution.memorySize() - picture;
      byte[] rest = new byte[(int) behind];
      display.file().read(AT + picture, MemorySegment.ofArray(rest));
      assertThat(rest).containsOnly(0);
    }
  }

  @ParameterizedTest
  @EnumSource
  void readWriteAndMappingShowTheSame(Resolution resolution) {
    long size = resolution.memorySize();
    try (OpenDisplay display = new OpenDisplay(resolution);
        Mapping mapping = display.file().map(AT, size, true)) {
      MemorySegment mapped = mapping.segment();
      for (long offset : new long[] {0, 1, 4096, size / 2, size - 1}) {
        display.write(AT + offset, "a5");
        assertThat(mapped.get(JAVA_BYTE, offset)).isEqualTo((byte) 0xa5);
        mapped.set(JAVA_BYTE, offset, (byte) 0x5a);
        assertThat(display.read(AT + offset, 1)).isEqualTo("5a");
      }
      display.write(AT + 4093, "0102030405060708090a");
      assertThat(display.read(AT + 4093, 10)).isEqualTo("0102030405060708090a");
      assertThat(mapped.get(JAVA_BYTE, 4096)).isEqualTo((byte) 4);
    }
  }

  @Test
  void thereIsNothingBeforeAndBehindIt() {
    try (OpenDisplay display = new OpenDisplay(Resolution.VGA)) {
      long end = AT + Resolution.VGA.memorySize();
      assertErrno(Errno.EFAULT, () -> display.read(AT - 1, 1));
      assertErrno(Errno.EFAULT, () -> display.read(AT - 2, 4));
      assertErrno(Errno.EFAULT, () -> display.write(AT - 4, "00000000"));
      assertErrno(Errno.EFAULT, () -> display.read(end, 1));
      assertErrno(Errno.EFAULT, () -> display.read(end - 4, 8));
      assertErrno(Errno.EFAULT, () -> display.write(end - 4, "0000000000"));
      assertThat(display.read(end - 4, 4)).isEqualTo("00000000");
      assertErrno(Errno.EFAULT, () -> display.read(Long.MAX_VALUE - 8, 4));
    }
  }

  @Test
  void itCanBeMappedFromAnyPageOn() {
    try (OpenDisplay display = new OpenDisplay(Resolution.VGA)) {
      long size = Resolution.VGA.memorySize();
      display.file().map(AT, 100, true).close();
      display.file().map(AT, 4096, true).close();
      display.file().map(AT, size, true).close();
      assertErrno(Errno.EINVAL, () -> display.file().map(AT, size + 4096, true));
      assertErrno(Errno.EINVAL, () -> display.file().map(AT, 4096, false));
      assertErrno(Errno.EINVAL, () -> display.file().map(0, 4096, true));
      display.file().map(AT + 4096, 4096, true).close();
      display.file().map(AT + size - 4096, 4096, true).close();
      assertErrno(Errno.EINVAL, () -> display.file().map(AT + 100, 4096, true));
      assertErrno(Errno.EINVAL, () -> display.file().map(AT + 4096, size, true));
      assertErrno(Errno.EINVAL, () -> display.file().map(AT + size, 4096, true));
    }
  }

  @ParameterizedTest
  @EnumSource
  void resetDrawsTheGradientAndLeavesTheRest(Resolution resolution) {
    try (OpenDisplay display = new OpenDisplay(resolution)) {
      long last = AT + resolution.memorySize() - 1;
      display.write(AT, "ffffffff");
      display.write(last, "77");
      display.write(0x10, "000000fe");
      display.file().reset();
      assertGradient(display, resolution);
      assertThat(display.read(last, 1)).isEqualTo("77");
      assertThat(display.read32(0x10)).isEqualTo(0xfe00_0008L);
    }
  }

  @Test
  void aNewUserFindsTheGradientAndNothingOfTheOneBefore() {
    try (OpenDisplay display = new OpenDisplay(Resolution.XGA)) {
      long last = AT + Resolution.XGA.memorySize() - 1;
      display.write(AT + 12345, "ff");
      display.write(last, "ff");
      display.reopen();
      assertGradient(display, Resolution.XGA);
      assertThat(display.read(last, 1)).isEqualTo("00");
    }
  }

  @Test
  void aMappingKeepsThePictureAndTheDevice() throws Exception {
    try (OpenDisplay display = new OpenDisplay(Resolution.VGA)) {
      Mapping mapping = display.file().map(AT, 4096, true);
      mapping.segment().set(JAVA_BYTE, 0, (byte) 0x70);
      display.closeFiles();
      assertThat(mapping.segment().get(JAVA_BYTE, 0)).isEqualTo((byte) 0x70);

      Background<Void> removal = Background.run(() -> display.host().remove(display.uuid()));
      display.host().clock().awaitTimers(1);
      assertThat(removal.isDone()).isFalse();
      mapping.close();
      removal.join();
    }
  }

  @ParameterizedTest
  @EnumSource
  void everyPlaneIsTheWholeFramebuffer(Resolution resolution) {
    try (OpenDisplay display = new OpenDisplay(resolution)) {
      GfxPlane plane =
          new GfxPlane(
              0x3432_5258,
              resolution.width(),
              resolution.height(),
              4 * resolution.width(),
              resolution.memorySize(),
              16);
      for (int type : new int[] {0, 1, 2, 99}) {
        assertThat(display.file().queryPlane(64, 4, type)).isEqualTo(plane);
      }
      assertThat(display.file().queryPlane(60, 5, 1)).isNull();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3, 6, 7, 8, 12})
  void aPlaneIsAskedForAsARegionOnly(int flags) {
    try (OpenDisplay display = new OpenDisplay(Resolution.VGA)) {
      assertErrno(Errno.EINVAL, () -> display.file().queryPlane(64, flags, 1));
      assertErrno(Errno.EINVAL, () -> display.file().queryPlane(59, 4, 1));
      assertErrno(Errno.ENOTTY, () -> display.file().dmabuf(1));
    }
  }

  private static void assertGradient(OpenDisplay display, Resolution resolution) {
    byte[] row = new byte[resolution.stride()];
    for (int y = 0; y < resolution.height(); y++) {
      display.file().read(AT + (long) y * row.length, MemorySegment.ofArray(row));
      assertThat(row).as("row %d", y).containsOnly((byte) (y * 255 / resolution.height()));
    }
  }
}
