package org.mdev4j.samples.mbochs;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.samples.mbochs.OpenDisplay.MEMORY;
import static org.mdev4j.testkit.host.TestHost.assertErrno;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.vfio.Mapping;
import org.mdev4j.vfio.model.DmaBuf;
import org.mdev4j.vfio.model.GfxPlane;

/** Modes, what the plane shows of them, and how it is handed over. */
class PlaneTest {
  private static final int XRGB = 0x3432_5258;

  private final OpenDisplay display = new OpenDisplay(MemorySize.SMALL);

  @AfterEach
  void close() {
    display.close();
  }

  @Test
  void theFirstQueryOfAModeAnswers() {
    display.mode(640, 480);
    assertThat(display.plane()).isEqualTo(new GfxPlane(XRGB, 640, 480, 2560, 1228800, 1));
    assertThat(display.plane().source()).isEqualTo(1);
  }

  @Test
  void anIdIsAModesForEver() {
    display.mode(640, 480);
    assertThat(display.plane().source()).isEqualTo(1);
    display.mode(800, 600);
    assertThat(display.plane().source()).isEqualTo(2);
    display.vbe(9, 10);
    assertThat(display.plane().source()).isEqualTo(3);
    display.mode(640, 480);
    assertThat(display.plane().source()).isEqualTo(1);
    display.file().reset();
    display.mode(640, 480);
    assertThat(display.plane().source()).isEqualTo(1);
    display.reopen();
    display.mode(640, 480);
    assertThat(display.plane().source()).isEqualTo(4);
  }

  @Test
  void aWideVirtualScreenIsPanned() {
    display.mode(640, 480);
    display.vbe(6, 1000);
    display.vbe(8, 24);
    display.vbe(9, 128);
    GfxPlane plane = display.plane();
    assertThat(plane.stride()).isEqualTo(4000);
    assertThat(plane.size()).isEqualTo(4000 * 480);
    display.vbe(6, 100);
    assertThat(display.plane().stride()).isEqualTo(2560);
  }

  /** The last lines fit, or do not by one. */
  @ParameterizedTest
  @CsvSource({
    "1024, 1024, 0, 0, 1",
    "1024, 1024, 1, 0, 0",
    "1024, 1024, 0, 1, 0",
    "1024, 1023, 0, 1, 1",
    "64, 64, 0, 0, 1",
    "63, 64, 0, 0, 0",
    "64, 63, 0, 0, 0",
    "65535, 65535, 65535, 65535, 0",
  })
  void aModeFitsIntoMemoryAndIsNotTooSmall(int width, int height, int x, int y, int id) {
    display.mode(width, height);
    display.vbe(8, x);
    display.vbe(9, y);
    assertThat(display.plane().source()).isEqualTo(id);
  }

  @ParameterizedTest
  @CsvSource({
    "3, 24", "3, 16", "3, 0", "4, 0", "4, 0x40",
  })
  void aModeIsEnabledAndHas32Bits(int index, String value) {
    display.mode(640, 480);
    display.vbe(index, Integer.decode(value));
    assertThat(display.plane()).isEqualTo(GfxPlane.DISABLED);
  }

  @Test
  void onlyThePrimaryPlaneShowsSomething() {
    display.mode(640, 480);
    for (int type : new int[] {0, 2, 99}) {
      assertThat(display.file().queryPlane(64, 2, type)).isEqualTo(GfxPlane.DISABLED);
    }
    display.file().reset();
    assertThat(display.plane()).isEqualTo(GfxPlane.DISABLED);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 4, 5, 6, 7, 8})
  void aPlaneIsAskedForAsADmabufOnly(int flags) {
    assertThat(display.file().queryPlane(64, 3, 1)).isNull();
    assertErrno(Errno.EINVAL, () -> display.file().queryPlane(64, flags, 1));
    assertErrno(Errno.EINVAL, () -> display.file().queryPlane(59, 2, 1));
  }

  @Test
  void whatIsHandedOverIsTheMemory() {
    display.mode(640, 481);
    display.vbe(6, 1024);
    display.vbe(9, 1);
    display.write(MEMORY + 4096, "0a0b0c0d");
    try (DmaBuf buffer = display.file().dmabuf(display.plane().source())) {
      assertThat(buffer.segment().byteSize()).isEqualTo(4096 * 481);
      assertThat(buffer.segment().get(JAVA_BYTE, 2)).isEqualTo((byte) 0x0c);
      display.write(MEMORY + 4098, "99");
      assertThat(buffer.segment().get(JAVA_BYTE, 2)).isEqualTo((byte) 0x99);
      buffer.segment().set(JAVA_BYTE, 4096, (byte) 0x11);
      assertThat(display.read(MEMORY + 8192, 1)).isEqualTo("11");
    }
  }

  @Test
  void itsSizeIsInPages() {
    display.mode(100, 65);
    try (DmaBuf buffer = display.file().dmabuf(display.plane().source())) {
      assertThat(display.plane().size()).isEqualTo(26000);
      assertThat(buffer.segment().byteSize()).isEqualTo(7 * 4096);
    }
  }

  @Test
  void whatIsUnknownOrBeginsWithinAPageIsNotHandedOver() {
    display.mode(640, 480);
    display.vbe(8, 1);
    int id = display.plane().source();
    assertErrno(Errno.EINVAL, () -> display.file().dmabuf(id));
    for (int unknown : new int[] {0, 2, -1}) {
      assertErrno(Errno.ENOENT, () -> display.file().dmabuf(unknown));
    }
    display.reopen();
    assertErrno(Errno.ENOENT, () -> display.file().dmabuf(id));
  }

  @Test
  void eachHandOverIsClosedByItself() {
    display.mode(640, 480);
    int id = display.plane().source();
    DmaBuf one = display.file().dmabuf(id);
    DmaBuf other = display.file().dmabuf(id);
    one.close();
    one.close();
    display.write(MEMORY, "42");
    assertThat(other.segment().get(JAVA_BYTE, 0)).isEqualTo((byte) 0x42);
    other.close();
    assertThat(display.plane().source()).isEqualTo(id);
    display.file().dmabuf(id).close();
    assertThat(display.read(MEMORY, 1)).isEqualTo("42");
  }

  @Test
  void whatWasHandedOverOutlivesTheDevice() {
    display.mode(640, 480);
    display.write(MEMORY, "42");
    DmaBuf buffer = display.file().dmabuf(display.plane().source());
    display.reopen();
    display.write(MEMORY, "43");
    assertThat(buffer.segment().get(JAVA_BYTE, 0)).isEqualTo((byte) 0x42);
    display.closeFiles();
    display.host().unload();
    assertThat(buffer.segment().get(JAVA_BYTE, 0)).isEqualTo((byte) 0x42);
    buffer.close();
  }

  @Test
  void ofVeryManyModesTheOldestAreForgotten() {
    display.mode(64, 64);
    for (int y = 0; y <= DmabufRecords.MOST; y++) {
      display.vbe(9, y);
      assertThat(display.plane().source()).isEqualTo(y + 1);
    }
    assertErrno(Errno.ENOENT, () -> display.file().dmabuf(1));
    display.vbe(9, 16);
    assertThat(display.plane().source()).isEqualTo(17);
    display.vbe(9, 0);
    assertThat(display.plane().source()).isEqualTo(DmabufRecords.MOST + 2);
  }

  @Test
  void memoryIsTheSameReadWrittenAndMapped() {
    long size = MemorySize.SMALL.bytes();
    try (Mapping mapping = display.file().map(MEMORY, size, true)) {
      for (long offset : new long[] {0, 8191, 8192, size / 2, size - 8192, size - 4}) {
        display.write(MEMORY + offset, "0a0b0c0d");
        assertThat(mapping.segment().get(JAVA_BYTE, offset + 3)).isEqualTo((byte) 0x0d);
        mapping.segment().set(JAVA_BYTE, offset, (byte) 0x77);
        assertThat(display.read(MEMORY + offset, 4)).isEqualTo("770b0c0d");
      }
    }
    assertErrno(Errno.EFAULT, () -> display.read(MEMORY + size - 2, 4));
    assertErrno(Errno.EFAULT, () -> display.read(MEMORY + size, 1));
    assertErrno(Errno.EINVAL, () -> display.file().map(MEMORY, size + 4096, true));
    assertErrno(Errno.EINVAL, () -> display.file().map(MEMORY + 4096, 4096, true));
    assertErrno(Errno.EINVAL, () -> display.file().map(MEMORY, 4096, false));
    assertErrno(Errno.EINVAL, () -> display.file().map(0x1000, 4096, true));
    assertErrno(Errno.EINVAL, () -> display.file().map(0x2000, 4096, true));
  }

  @Test
  void aNewUserFindsEmptyMemoryAndADisplayThatIsOff() {
    display.mode(640, 480);
    display.write(MEMORY, "ff");
    display.write(0x18, "00a000fe");
    display.reopen();
    assertThat(display.read(MEMORY, 1)).isEqualTo("00");
    assertThat(display.plane()).isEqualTo(GfxPlane.DISABLED);
    assertThat(display.read32(0x18)).isZero();
  }
}
