package org.mdev4j.vfio.pci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class PciBarTest {
  private static final long ALL_ONES = 0xffff_ffffL;

  @ParameterizedTest
  @CsvSource({
    "8, 0xfffffff9",
    "4, 0xfffffffd",
    "256, 0xffffff01",
  })
  void portsTellTheirSize(long size, long told) {
    assertThat(write(PciBar.io(size), ALL_ONES)).isEqualTo(told);
  }

  @ParameterizedTest
  @CsvSource({
    "16, 0xfffffff0",
    "4096, 0xfffff000",
    "2147483648, 0x80000000",
  })
  void memoryTellsItsSize(long size, long told) {
    assertThat(write(PciBar.memory(size), ALL_ONES)).isEqualTo(told);
  }

  @ParameterizedTest
  @CsvSource({
    "2097152, 0xffe00008",
    "4194304, 0xffc00008",
    "8388608, 0xff800008",
    "67108864, 0xfc000008",
  })
  void prefetchableMemoryTellsItsSize(long size, long told) {
    assertThat(write(PciBar.prefetchableMemory(size), ALL_ONES)).isEqualTo(told);
  }

  @Test
  void oneThatIsNotImplementedStaysZero() {
    assertThat(write(PciBar.NONE, ALL_ONES)).isZero();
  }

  @Test
  void anAddressIsAMultipleOfTheSize() {
    assertThat(write(PciBar.io(8), 0xe000_1234L)).isEqualTo(0xe000_1231L);
    assertThat(write(PciBar.memory(4096), 0xe000_1234L)).isEqualTo(0xe000_1000L);
    assertThat(write(PciBar.prefetchableMemory(2 << 20), 0xe010_1234L)).isEqualTo(0xe000_0008L);
    assertThat(write(PciBar.io(8), 0)).isEqualTo(1);
  }

  @Test
  void aNarrowWriteChangesWhatItCovers() {
    PciConfigSpace config =
        PciConfigSpace.builder(1, 2).bar(3, PciBar.prefetchableMemory(64 << 10)).build();
    config.write(0x1c, 4, 0xaabb_ccddL);
    config.write(0x1e, 1, 0x11);
    assertThat(config.read(0x1c, 4)).isEqualTo(0xaa11_0008L);
    config.write(0x1e, 2, 0x4455);
    assertThat(config.read(0x1c, 4)).isEqualTo(0x4455_0008L);
    config.write(0x1c, 2, 0xffff);
    assertThat(config.read(0x1c, 4)).isEqualTo(0x4455_0008L);
    config.write(0x1f, 1, 0);
    assertThat(config.read(0x1c, 4)).isEqualTo(0x0055_0008L);
  }

  @Test
  void itsNeighboursStay() {
    PciConfigSpace config =
        PciConfigSpace.builder(1, 2).bar(0, PciBar.memory(16)).bar(2, PciBar.memory(16)).build();
    config.write(0x14, 4, ALL_ONES);
    assertThat(config.read(0x10, 4)).isZero();
    assertThat(config.read(0x14, 4)).isZero();
    assertThat(config.read(0x18, 4)).isZero();
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 3, 12, -8, 0, 1L << 32})
  void aSizeIsAPowerOfTwo(long size) {
    assertThatIllegalArgumentException().isThrownBy(() -> PciBar.io(size));
    assertThatIllegalArgumentException().isThrownBy(() -> PciBar.prefetchableMemory(size));
  }

  @Test
  void memoryHasAtLeastSixteenBytes() {
    assertThatIllegalArgumentException().isThrownBy(() -> PciBar.memory(8));
  }

  private static long write(PciBar bar, long value) {
    PciConfigSpace config = PciConfigSpace.builder(1, 2).bar(5, bar).build();
    config.write(0x24, 4, value);
    return config.read(0x24, 4);
  }
}
