package org.mdev4j.vfio.pci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import org.junit.jupiter.api.Test;
import org.mdev4j.vfio.model.Region;

class PciRegionsTest {
  private static final int READ_WRITE = Region.READ | Region.WRITE;

  private final PciConfigSpace config =
      PciConfigSpace.builder(1, 2).bar(0, PciBar.memory(0x2000)).bar(2, PciBar.memory(16)).build();
  private final Region large = Region.registers(0x2000, config);
  private final Region small = Region.registers(16, config);

  @Test
  void shiftedOnesAreAtTheirIndex() {
    PciRegions regions = PciRegions.shifted(config).region(0, large).region(2, small).build();
    assertThat(regions.count()).isEqualTo(9);
    for (int index = 0; index < 9; index++) {
      assertThat(regions.layout().offset(index)).isEqualTo((long) index << 40);
      assertThat(regions.layout().index(((long) index << 40) + 5)).isEqualTo(index);
    }
    assertThat(regions.find(0)).isSameAs(large);
    assertThat(regions.find(2)).isSameAs(small);
  }

  @Test
  void ofShiftedOnesAnEmptyOneIsToldAsReadableAndWritable() {
    PciRegions regions = PciRegions.shifted(config).region(0, large).region(2, small).build();
    for (int index : new int[] {1, 3, 4, 5, 6, 8}) {
      Region.Registers empty = (Region.Registers) regions.find(index);
      assertThat(empty.size()).isZero();
      assertThat(empty.flags()).isEqualTo(READ_WRITE);
      assertThat(empty.reach()).isZero();
    }
  }

  @Test
  void packedOnesFollowEachOtherOnPages() {
    PciRegions regions =
        PciRegions.packed(config)
            .region(2, small)
            .region(0, large)
            .region(11, small)
            .alias(16, 0)
            .build();
    assertThat(regions.count()).isEqualTo(12);
    assertThat(regions.layout().offset(7)).isZero();
    assertThat(regions.layout().offset(2)).isEqualTo(0x1000);
    assertThat(regions.layout().offset(0)).isEqualTo(0x2000);
    assertThat(regions.layout().offset(16)).isEqualTo(0x2000);
    assertThat(regions.layout().offset(11)).isEqualTo(0x4000);
    assertThat(regions.find(16)).isSameAs(regions.find(0));
    assertThat(regions.layout().index(0x2000)).isZero();
    assertThat(regions.layout().index(0x3fff)).isZero();
    assertThat(regions.layout().index(0x1010)).isEqualTo(-1);
    assertThat(regions.layout().index(0x100)).isEqualTo(-1);
    assertThat(regions.layout().index(0x4010)).isEqualTo(-1);
  }

  @Test
  void ofPackedOnesAnEmptyOneIsToldAsNothing() {
    PciRegions regions = PciRegions.packed(config).region(0, large).region(2, small).build();
    for (int index : new int[] {1, 3, 4, 5, 6, 8}) {
      assertThat(regions.find(index)).isSameAs(Region.ABSENT);
      assertThat(regions.layout().offset(index)).isZero();
    }
  }

  @Test
  void beyondThemIsNothing() {
    PciRegions regions =
        PciRegions.packed(config).region(0, large).region(2, small).alias(16, 0).build();
    assertThat(regions.count()).isEqualTo(9);
    assertThat(regions.find(-1)).isNull();
    assertThat(regions.find(9)).isNull();
    assertThat(regions.find(15)).isNull();
    assertThat(regions.find(17)).isNull();
    assertThat(regions.find(Integer.MAX_VALUE)).isNull();
  }

  @Test
  void aRegionIsAsLargeAsItsBar() {
    PciRegions.Builder builder = PciRegions.packed(config);
    assertThatIllegalArgumentException()
        .isThrownBy(() -> builder.region(0, small))
        .withMessageContaining("BAR 0");
    assertThatIllegalArgumentException().isThrownBy(() -> builder.region(1, small));
    builder.region(2, small);
    assertThatIllegalArgumentException().isThrownBy(builder::build).withMessageContaining("BAR 0");
  }

  @Test
  void configurationSpaceIsThere() {
    Region region = PciRegions.packed(config).region(0, large).region(2, small).build().find(7);
    assertThat(region).isNotNull();
    assertThat(region.size()).isEqualTo(256);
    assertThat(region.flags()).isEqualTo(READ_WRITE);
  }
}
