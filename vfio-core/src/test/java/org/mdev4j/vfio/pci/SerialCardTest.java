package org.mdev4j.vfio.pci;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.mdev4j.vfio.irq.IrqIndex;
import org.mdev4j.vfio.model.DeviceApi;
import org.mdev4j.vfio.model.Region;

/** A serial card with vendor bytes, ports and interrupts can be stated, and then behaves so. */
class SerialCardTest {
  private static final int PORTS = 8;

  private final PciDevice dual = new Card(PciBar.io(PORTS));
  private final PciDevice single = new Card(PciBar.NONE);

  /** What a driver author writes of it. */
  private record Card(PciRegions regions) implements PciDevice {
    Card(PciBar second) {
      this(regions(second));
    }

    private static PciRegions regions(PciBar second) {
      PciConfigSpace config =
          PciConfigSpace.builder(0x4348, 0x3253)
              .subsystem(0x4348, 0x3253)
              .classCode(0x070002)
              .revision(0x10)
              .command(0x0001)
              .status(0x0200)
              .bar(0, PciBar.io(PORTS))
              .bar(1, second)
              .interruptPin(1)
              .writableInterruptLine()
              .bytes(0x40, HexFormat.of().parseHex("23000080230000002300000023"))
              .bytes(0x60, "PCI Serial/UART".getBytes(StandardCharsets.US_ASCII))
              .build();
      return PciRegions.shifted(config)
          .region(0, port(PORTS, config))
          .region(1, port(second.size(), config))
          .build();
    }

    /** A port that answers at every offset, also if its BAR is not implemented. */
    private static Region port(long size, Region.RegisterAccess access) {
      return new Region.Registers(size, Region.READ | Region.WRITE, List.of(), 4, 1L << 40, access);
    }

    @Override
    public List<IrqIndex> irqs() {
      return List.of(
          IrqIndex.intx(),
          IrqIndex.msi(1),
          IrqIndex.refused(),
          IrqIndex.refused(),
          IrqIndex.refused());
    }
  }

  @Test
  void itsConfigurationSpaceIsAsItsVendorMadeIt() {
    assertThat(dump(dual))
        .isEqualTo(
            "48435332010000021002000700000000"
                + "01000000010000000000000000000000"
                + "00000000000000000000000048435332"
                + "00000000000000000000000000010000"
                + "23000080230000002300000023000000"
                + "00000000000000000000000000000000"
                + "5043492053657269616c2f5541525400"
                + "00".repeat(0x90));
  }

  @Test
  void itsPortsAreSizedAndPlaced() {
    Region.RegisterAccess config = config(dual);
    config.write(0x10, 4, 0xffff_ffffL);
    config.write(0x14, 4, 0xe000_1234L);
    assertThat(config.read(0x10, 4)).isEqualTo(0xffff_fff9L);
    assertThat(config.read(0x14, 4)).isEqualTo(0xe000_1231L);
  }

  @Test
  void oneWithASinglePortHasNoSecondBar() {
    Region.RegisterAccess config = config(single);
    config.write(0x14, 4, 0xffff_ffffL);
    assertThat(config.read(0x14, 4)).isZero();
    Region second = single.region(1);
    assertThat(second).isNotNull();
    assertThat(second.size()).isZero();
    assertThat(second.flags()).isEqualTo(Region.READ | Region.WRITE);
  }

  @Test
  void writesElsewhereAreIgnoredButForTheInterruptLine() {
    Region.RegisterAccess config = config(dual);
    String before = dump(dual);
    for (int at = 0; at < 256; at += 4) {
      if (at < 0x10 || at > 0x14) {
        config.write(at, 4, 0x0403_02ff);
      }
    }
    assertThat(config.read(0x3c, 4)).isEqualTo(0x01ff);
    config.write(0x3c, 1, 0);
    assertThat(dump(dual)).isEqualTo(before);
  }

  @Test
  void itTellsWhatItIs() {
    assertThat(dual.api()).isEqualTo(DeviceApi.PCI);
    assertThat(dual.regionCount()).isEqualTo(9);
    assertThat(dual.region(9)).isNull();
    assertThat(dual.layout().offset(7)).isEqualTo(7L << 40);
    assertThat(dual.irqs()).hasSize(5);
  }

  private static Region.RegisterAccess config(PciDevice card) {
    return ((Region.Registers) card.region(7)).access();
  }

  private static String dump(PciDevice card) {
    byte[] bytes = new byte[256];
    for (int at = 0; at < bytes.length; at++) {
      bytes[at] = (byte) config(card).read(at, 1);
    }
    return HexFormat.of().formatHex(bytes);
  }
}
