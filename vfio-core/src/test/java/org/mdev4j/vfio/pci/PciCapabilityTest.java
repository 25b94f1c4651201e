package org.mdev4j.vfio.pci;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PciCapabilityTest {
  private static final PciCapability FIVE_BYTES = PciCapability.vendorSpecific((byte) 1, (byte) 2);

  @Test
  void withoutAnyThereIsNoList() {
    PciConfigSpace config = PciConfigSpace.builder(1, 2).build();
    assertThat(config.read(0x06, 2)).isZero();
    assertThat(config.read(0x34, 1)).isZero();
  }

  @Test
  void theListHasThemInTheOrderInWhichTheyWereAdded() {
    PciConfigSpace config =
        PciConfigSpace.builder(1, 2)
            .capability(FIVE_BYTES)
            .capability(PciCapability.msi(1))
            .capability(PciCapability.msix(3, 4, 0x1000, 0x1800))
            .status(0x0200)
            .build();
    assertThat(config.read(0x06, 2)).isEqualTo(0x0210);
    assertThat(walk(config)).containsExactly(0x40, 0x48, 0x58);
    assertThat(config.read(0x40, 4)).isEqualTo(0x01_05_48_09L);
    assertThat(config.read(0x44, 4)).isEqualTo(2);
  }

  @Test
  void theyGiveWayToOtherContents() {
    PciConfigSpace config =
        PciConfigSpace.builder(1, 2)
            .bytes(0x40, new byte[3])
            .bytes(0x4e, new byte[1])
            .capability(FIVE_BYTES)
            .capability(PciCapability.msi(1))
            .build();
    assertThat(walk(config)).containsExactly(0x44, 0x50);
  }

  @Test
  void aFullSpaceTakesNoMore() {
    PciConfigSpace.Builder builder = PciConfigSpace.builder(1, 2).bytes(0x48, new byte[0xb8]);
    builder.capability(FIVE_BYTES);
    assertThatIllegalArgumentException().isThrownBy(() -> builder.capability(FIVE_BYTES));
  }

  @Test
  void theVendorsOwnCantBeWritten() {
    PciConfigSpace config = PciConfigSpace.builder(1, 2).capability(FIVE_BYTES).build();
    config.write(0x34, 4, -1);
    config.write(0x40, 4, -1);
    config.write(0x44, 4, -1);
    assertThat(config.read(0x34, 4)).isEqualTo(0x40);
    assertThat(config.read(0x40, 4)).isEqualTo(0x01_05_00_09L);
    assertThat(config.read(0x44, 4)).isEqualTo(2);
  }

  @Test
  void messagesAreEnabledAndAddressed() {
    PciConfigSpace config = PciConfigSpace.builder(1, 2).capability(PciCapability.msi(8)).build();
    assertThat(config.read(0x40, 4)).isEqualTo(0x0086_0005L);
    for (int at = 0x40; at < 0x50; at += 4) {
      config.write(at, 4, -1);
    }
    assertThat(config.read(0x40, 4)).isEqualTo(0x00f7_0005L);
    assertThat(config.read(0x44, 4)).isEqualTo(0xffff_fffcL);
    assertThat(config.read(0x48, 4)).isEqualTo(0xffff_ffffL);
    assertThat(config.read(0x4c, 4)).isEqualTo(0x0000_ffffL);
  }

  @Test
  void aTableOfMessagesIsEnabledAndMasked() {
    PciConfigSpace config =
        PciConfigSpace.builder(1, 2)
            .capability(PciCapability.msix(2048, 2, 0x2000, 0xa000))
            .build();
    for (int at = 0x40; at < 0x4c; at += 4) {
      config.write(at, 4, -1);
    }
    assertThat(config.read(0x40, 4)).isEqualTo(0xc7ff_0011L);
    assertThat(config.read(0x44, 4)).isEqualTo(0x2002);
    assertThat(config.read(0x48, 4)).isEqualTo(0xa002);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, -1, 3, 33, 64})
  void messagesAreAPowerOfTwo(int vectors) {
    assertThatIllegalArgumentException().isThrownBy(() -> PciCapability.msi(vectors));
  }

  @Test
  void aTableIsInABarAndAligned() {
    assertThatIllegalArgumentException().isThrownBy(() -> PciCapability.msix(0, 0, 0, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> PciCapability.msix(2049, 0, 0, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> PciCapability.msix(1, 6, 0, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> PciCapability.msix(1, 0, 4, 0));
    assertThatIllegalArgumentException().isThrownBy(() -> PciCapability.msix(1, 0, 0, 1));
  }

  private static List<Integer> walk(PciConfigSpace config) {
    List<Integer> places = new ArrayList<>();
    for (int at = (int) config.read(0x34, 1); at != 0; at = (int) config.read(at + 1, 1)) {
      places.add(at);
    }
    return places;
  }
}
