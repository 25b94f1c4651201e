package org.mdev4j.vfiouser.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfiouser.raw.RawClient.writePayload;

import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mdev4j.vfiouser.raw.Bytes;
import org.mdev4j.vfiouser.raw.RawClient;

@DisplayName("spec/vfio-user.md 5.15 Regions, and 3.13")
class RegionConformanceTest extends ServedTest {
  private static final int PLAIN = ServedDevice.PLAIN_BAR;

  @Override
  String capabilities() {
    return "{\"capabilities\":{\"max_msg_fds\":8,\"write_multiple\":true}}";
  }

  @ParameterizedTest
  @CsvSource({
    "1,-1,4",
    "1,4093,4",
    "1,4097,0",
    "9,0,4",
    "-1,0,4",
    "8,0,1",
    "1,0,1048584",
    "1,0,-1"
  })
  void noAccess(int region, long offset, int count) {
    byte[] request = Bytes.of().u64(offset).u32(region).u32(count).array();
    assertThat(client.errno(9, request)).isEqualTo(EINVAL);
    assertThat(client.errno(10, request)).isEqualTo(EINVAL);
  }

  @Test
  void nothingToDo() {
    assertThat(client.read(PLAIN, 0, 0).payload()).isEmpty();
    assertThat(client.write(PLAIN, 0).payload()).isEmpty();
    assertThat(client.read(PLAIN, 4096, 0).isError()).isFalse();
  }

  @Test
  void tooSmall() {
    assertThat(client.errno(9, new byte[8])).isEqualTo(EINVAL);
    assertThat(client.errno(10, new byte[8])).isEqualTo(EINVAL);
    assertThat(client.errno(10, Bytes.of().u64(0).u32(PLAIN).u32(4).zeros(3).array()))
        .isEqualTo(EINVAL);
  }

  @Test
  @DisplayName("any width at any offset, also the whole region at once")
  void accesses() {
    byte[] data = new byte[4096];
    new Random(1).nextBytes(data);
    assertThat(client.write(PLAIN, 0, data).payload())
        .isEqualTo(Bytes.of().u64(0).u32(PLAIN).u32(4096).array());
    for (int width : new int[] {1, 2, 3, 4, 5, 7, 8, 9, 100, 4096}) {
      for (int offset = 0; offset + width <= 4096; offset += 1 + offset / 2) {
        assertThat(client.read(PLAIN, offset, width).from(16))
            .isEqualTo(java.util.Arrays.copyOfRange(data, offset, offset + width));
      }
    }
    assertThat(client.read(ServedDevice.CONFIG, 0, 256).payload()).hasSize(272);
  }

  @Test
  @DisplayName("3.8 [own]: a region that can't be written")
  void readOnly() {
    assertThat(client.read(ServedDevice.READ_ONLY_BAR, 0, 4).isError()).isFalse();
    assertThat(client.write(ServedDevice.READ_ONLY_BAR, 0, new byte[4]).errno()).isEqualTo(EINVAL);
  }

  private static byte[] entry(int region, long offset, int count, long value) {
    return Bytes.of().u64(offset).u32(region).u32(count).u64(value).array();
  }

  @Test
  @DisplayName("3.13: several writes at once, in order, up to the first that is refused")
  void writeMultiple() {
    byte[] three =
        Bytes.of()
            .u64(3)
            .raw(entry(PLAIN, 0, 4, 1))
            .raw(entry(PLAIN, 0, 2, 2))
            .raw(entry(PLAIN, 8, 8, 3))
            .array();
    assertThat(client.call(15, three).payload()).isEqualTo(Bytes.of().u64(3).array());
    assertThat(client.read(PLAIN, 0, 4).u32(16)).isEqualTo(2);
    byte[] second =
        Bytes.of()
            .u64(3)
            .raw(entry(PLAIN, 0, 4, 7))
            .raw(entry(99, 0, 4, 8))
            .raw(entry(PLAIN, 0, 4, 9))
            .array();
    assertThat(client.call(15, second).u64(0)).isEqualTo(1);
    assertThat(client.read(PLAIN, 0, 4).u32(16)).isEqualTo(7);
    assertThat(client.errno(15, Bytes.of().u64(2).raw(entry(PLAIN, 0, 4, 1)).array()))
        .isEqualTo(EINVAL);
    assertThat(client.errno(15, Bytes.of().u64(0x1555555555555556L).zeros(16).array()))
        .isEqualTo(EINVAL);
    assertThat(client.errno(15, Bytes.of().u64(1).raw(entry(PLAIN, 0, 9, 1)).array()))
        .isEqualTo(EINVAL);
  }

  @Test
  void writeMultipleThatWasNotAgreedOn() {
    client.close();
    client = RawClient.agreed(server.path());
    assertThat(client.errno(15, Bytes.of().u64(1).raw(entry(PLAIN, 0, 4, 1)).array()))
        .isEqualTo(EINVAL);
  }

  @Test
  void aMebibyteAtOnce() {
    byte[] tooMuch = writePayload(PLAIN, 0, new byte[1 << 20]);
    assertThat(client.errno(10, tooMuch)).isEqualTo(EINVAL);
    assertThat(client.read(PLAIN, 0, 4).isError()).isFalse();
  }
}
