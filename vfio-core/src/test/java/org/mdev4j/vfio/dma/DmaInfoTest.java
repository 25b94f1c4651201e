package org.mdev4j.vfio.dma;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.device.errno.Errno;

class DmaInfoTest {
  private final Space space = Space.v2();

  @AfterEach
  void close() {
    space.close();
  }

  @Test
  @DisplayName("5.1: less than 16 bytes is EINVAL")
  void tooSmall() {
    Space.refused(Errno.EINVAL, () -> space.dma.info(15));
    Space.refused(Errno.EINVAL, () -> space.dma.info(0));
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 24, 67})
  @DisplayName("5.1: without room for the capabilities the needed size is told")
  void noRoom(int argsz) {
    DmaInfo info = space.dma.info(argsz);
    assertThat(info.argsz()).isEqualTo(68);
    assertThat(info.flags()).isEqualTo(3);
    assertThat(info.pageSizes()).isEqualTo(0xffff_ffff_ffff_f000L);
    assertThat(info.capOffset()).isZero();
    assertThat(info.capabilities()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(ints = {68, 69, 4096, -1})
  @DisplayName("5.1: capabilities MIGRATION and DMA_AVAIL, argsz as it was")
  void capabilities(int argsz) {
    space.map(0, 1);

    DmaInfo info = space.dma.info(argsz);

    assertThat(info.argsz()).isEqualTo(argsz);
    assertThat(info.capOffset()).isEqualTo(24);
    ByteBuffer chain = ByteBuffer.wrap(info.capabilities()).order(ByteOrder.LITTLE_ENDIAN);
    assertThat(chain.remaining()).isEqualTo(44);
    assertThat(chain.getShort(0)).as("id").isEqualTo((short) 2);
    assertThat(chain.getShort(2)).as("version").isEqualTo((short) 1);
    assertThat(chain.getInt(4)).as("next").isEqualTo(56);
    assertThat(chain.getLong(8)).as("flags and padding").isZero();
    assertThat(chain.getLong(16)).as("page size").isEqualTo(4096);
    assertThat(chain.getLong(24)).as("largest bitmap").isEqualTo(256L << 20);
    assertThat(chain.getShort(32)).as("id").isEqualTo((short) 3);
    assertThat(chain.getShort(34)).as("version").isEqualTo((short) 1);
    assertThat(chain.getInt(36)).as("next").isZero();
    assertThat(chain.getInt(40)).as("available").isEqualTo(Space.LIMIT - 1);
  }
}
