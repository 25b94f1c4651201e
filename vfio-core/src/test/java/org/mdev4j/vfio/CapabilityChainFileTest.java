package org.mdev4j.vfio;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.vfio.model.RegionCapability;
import org.mdev4j.vfio.model.RegionCapability.Area;

@DisplayName("vfio 3, 4.3: the capability chain of GET_REGION_INFO")
class CapabilityChainFileTest {
  private static final int READ_WRITE_CAPS = 1 | 2 | 8;
  private static final RegionCapability TYPE = new RegionCapability.Type(0x8000_8086, 2);
  private static final RegionCapability SPARSE =
      new RegionCapability.SparseMmap(List.of(new Area(0x1000, 0x2000)));
  private static final RegionCapability MSIX = new RegionCapability.MsixMappable();

  private final VfioHost host = new VfioHost();
  private final ToyDevices.Card card = new ToyDevices.Card();
  private final DeviceFile file = host.open(host.register(host.device("toy0"), card));

  @AfterEach
  void close() {
    host.close();
  }

  @ParameterizedTest
  @ValueSource(ints = {32, 48, 4096, -1})
  @DisplayName("no capability: no CAPS, no cap_offset, argsz is left alone")
  void none(int argsz) {
    RegionInfo info = info(argsz);
    assertThat(info.flags()).isEqualTo(3);
    assertThat(info.capOffset()).isZero();
    assertThat(info.argsz()).isEqualTo(argsz);
    assertThat(info.capabilities()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {48, 49, 4096, -1})
  @DisplayName("one: at 32, id 2 version 1, next 0")
  void one(int argsz) {
    RegionInfo info = info(argsz, TYPE);
    assertThat(info.flags()).isEqualTo(READ_WRITE_CAPS);
    assertThat(info.capOffset()).isEqualTo(32);
    assertThat(info.argsz()).isEqualTo(argsz);
    assertThat(hex(info)).isEqualTo("02000100" + "00000000" + "86800080" + "02000000");
  }

  @ParameterizedTest
  @ValueSource(ints = {80, 81, 4096, -1})
  @DisplayName("two: next is counted from the start of the structure")
  void two(int argsz) {
    RegionInfo info = info(argsz, SPARSE, TYPE);
    assertThat(info.flags()).isEqualTo(READ_WRITE_CAPS);
    assertThat(info.capOffset()).isEqualTo(32);
    assertThat(info.argsz()).isEqualTo(argsz);
    assertThat(hex(info))
        .isEqualTo(
            "01000100"
                + "40000000"
                + "01000000"
                + "00000000"
                + "0010000000000000"
                + "0020000000000000"
                + "02000100"
                + "00000000"
                + "86800080"
                + "02000000");
  }

  @ParameterizedTest
  @ValueSource(ints = {32, 33, 64, 79})
  @DisplayName("argsz too small: success, the needed size, CAPS, no cap_offset, no capability")
  void tooSmall(int argsz) {
    RegionInfo info = info(argsz, SPARSE, TYPE);
    assertThat(info.argsz()).isEqualTo(80);
    assertThat(info.flags()).isEqualTo(READ_WRITE_CAPS);
    assertThat(info.capOffset()).isZero();
    assertThat(info.capabilities()).isEmpty();
    assertThat(info.size()).isEqualTo(64);
    assertThat(info(info.argsz(), SPARSE, TYPE).capabilities()).hasSize(48);
  }

  @Test
  @DisplayName("a header alone, and a list of areas that is empty or long")
  void sizes() {
    assertThat(hex(info(40, MSIX))).isEqualTo("03000100" + "00000000");
    assertThat(info(39, MSIX).argsz()).isEqualTo(40);
    RegionCapability empty = new RegionCapability.SparseMmap(List.of());
    assertThat(hex(info(48, empty))).isEqualTo("01000100" + "00000000" + "00".repeat(8));
    RegionCapability two =
        new RegionCapability.SparseMmap(List.of(new Area(0, 1), new Area(-1, 2)));
    assertThat(hex(info(-1, two)))
        .isEqualTo(
            "01000100"
                + "00000000"
                + "02000000"
                + "00000000"
                + "0000000000000000"
                + "0100000000000000"
                + "ffffffffffffffff"
                + "0200000000000000");
  }

  @Test
  @DisplayName("three are linked in their order")
  void three() {
    byte[] chain = info(-1, MSIX, SPARSE, TYPE).capabilities();
    assertThat(chain).hasSize(8 + 32 + 16);
    assertThat(chain[4]).isEqualTo((byte) 40);
    assertThat(chain[8 + 4]).isEqualTo((byte) 72);
    assertThat(chain[40 + 4]).isZero();
  }

  private RegionInfo info(int argsz, RegionCapability... capabilities) {
    card.capabilities = List.of(capabilities);
    return file.regionInfo(argsz, ToyDevices.Card.WORDS);
  }

  private static String hex(RegionInfo info) {
    return HexFormat.of().formatHex(info.capabilities());
  }
}
