package org.mdev4j.vfiouser.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.foreign.ValueLayout;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mdev4j.vfiouser.raw.Answer;
import org.mdev4j.vfiouser.raw.Bytes;
import org.mdev4j.vfiouser.raw.C;
import org.mdev4j.vfiouser.raw.RawClient;

@DisplayName("spec/vfio-user.md 5.2 to 5.6: requests, device, region and irq info")
class InfoConformanceTest extends ServedTest {
  private static byte[] info(long... fields) {
    return Bytes.ints(fields).array();
  }

  private static byte[] regionInfo(long argsz, int index) {
    byte[] fields = Bytes.ints(argsz, 0, index, 0).u64(0).u64(0).array();
    return Bytes.of().raw(fields).zeros((int) Math.max(0, argsz - 32)).array();
  }

  @Nested
  @DisplayName("5.2 Requests")
  class Requests {
    private int errnoOf(byte[] message) {
      client.sendRaw(message);
      Answer answer = client.receive();
      assertThat(answer.payload()).isEmpty();
      return answer.isError() ? answer.errno() : 0;
    }

    @Test
    void smallerThanAHeader() {
      assertThat(errnoOf(Bytes.of().u16(4).u16(4).u32(15).u32(0).u32(0).array())).isEqualTo(EINVAL);
      assertThat(client.errno(13, new byte[0])).as("and the stream goes on").isZero();
    }

    @Test
    void largerThanAny() {
      byte[] header = Bytes.of().u16(4).u16(4).u32(1048609).u32(0).u32(0).array();
      assertThat(errnoOf(header)).isEqualTo(EINVAL);
      assertThat(client.receive()).as("what follows can't be made out").isNull();
      reconnect();
    }

    @Test
    void aReplyThatNobodyAskedFor() {
      assertThat(errnoOf(RawClient.message(1, 4, 1, info(16, 0, 0, 0)))).isEqualTo(EINVAL);
    }

    @Test
    void unknownCommands() {
      for (int command : new int[] {0, 1, 11, 12, 14, 19, 65535}) {
        assertThat(client.errno(command, new byte[1])).as("command " + command).isEqualTo(EINVAL);
      }
    }

    @Test
    void aCommandWithoutPayload() {
      assertThat(client.errno(8, new byte[0])).isEqualTo(EINVAL);
    }

    @Test
    void aBadRequestWithDescriptors() {
      int before = C.openFiles().size();
      int eventfd = C.eventfd(0);
      assertThat(client.errno(8, new byte[0], eventfd, eventfd)).isEqualTo(EINVAL);
      C.close(eventfd);
      assertThat(client.errno(13, new byte[0])).isZero();
      assertThat(C.openFiles()).hasSize(before);
    }

    @Test
    void disconnecting() {
      client.map(3, 0, 0x10000, 0x1000);
      device.calls.clear();
      reconnect();
      assertThat(device.calls).containsExactly("reset", "close", "open");
      assertThat(client.unmap(0, 0x10000, 0x1000)).as("nothing of it is left").isEqualTo(2);
    }

    @Test
    void postedCommandsAreNeverAnswered() {
      client.post(10, RawClient.writePayload(ServedDevice.PLAIN_BAR, 0, (byte) 7));
      client.post(10, RawClient.writePayload(99, 0, (byte) 7));
      client.post(77, new byte[1]);
      assertThat(client.read(ServedDevice.PLAIN_BAR, 0, 1).from(16)).containsExactly(7);
    }

    @Test
    void pipelinedAndInPieces() {
      byte[] one = RawClient.message(1, 9, 0, Bytes.of().u64(0).u32(1).u32(4).array());
      byte[] two = RawClient.message(2, 10, 0, RawClient.writePayload(1, 0, (byte) 9));
      byte[] both = Bytes.of().raw(one).raw(two).raw(one).array();
      client.sendRaw(both);
      assertThat(client.receive().id()).isEqualTo(1);
      assertThat(client.receive().id()).isEqualTo(2);
      assertThat(client.receive().from(16)).containsExactly(9, 0, 0, 0);
      for (byte each : both) {
        client.sendRaw(new byte[] {each});
      }
      assertThat(client.receive().command()).isEqualTo(9);
      assertThat(client.receive().command()).isEqualTo(10);
      assertThat(client.receive().command()).isEqualTo(9);
    }
  }

  @Nested
  @DisplayName("5.3 Get info")
  class Device {
    @Test
    void tooSmall() {
      assertThat(client.errno(4, info(16, 0))).isEqualTo(EINVAL);
      assertThat(client.errno(4, info(8, 0, 0, 0))).isEqualTo(EINVAL);
    }

    @Test
    void right() {
      Answer answer = client.call(4, info(32, 0, 0, 0));
      assertThat(answer.payload()).isEqualTo(info(16, 3, 9, 5));
    }
  }

  @Nested
  @DisplayName("5.4 Region info")
  class Regions {
    @Test
    void tooSmall() {
      assertThat(client.errno(5, info(16, 0))).isEqualTo(EINVAL);
      assertThat(client.errno(5, Bytes.ints(8, 0, 0, 0).zeros(16).array())).isEqualTo(EINVAL);
      assertThat(client.errno(5, regionInfo(32, 9))).isEqualTo(EINVAL);
      assertThat(client.errno(5, regionInfo(32, -2))).isEqualTo(EINVAL);
    }

    @Test
    void plain() {
      Answer answer = client.call(5, regionInfo(40, ServedDevice.PLAIN_BAR));
      assertThat(answer.payload()).hasSize(32);
      assertThat(answer.u32(0)).isEqualTo(32);
      assertThat(answer.u32(4)).isEqualTo(3);
      assertThat(answer.u64(16)).isEqualTo(4096);
      assertThat(answer.descriptors()).isEmpty();
    }

    @Test
    void sparseWithoutRoom() {
      Answer answer = client.call(5, regionInfo(32, ServedDevice.SPARSE_BAR));
      assertThat(answer.payload()).hasSize(32);
      assertThat(answer.u32(0)).isEqualTo(80);
      assertThat(answer.u32(4)).isEqualTo(7);
      assertThat(answer.u32(12)).isZero();
      assertThat(answer.u64(16)).isEqualTo(0x8000);
      assertThat(answer.descriptors()).isEmpty();
    }

    @Test
    void sparseWithRoom() {
      Answer answer = client.call(5, regionInfo(80, ServedDevice.SPARSE_BAR));
      assertThat(answer.payload()).hasSize(80);
      assertThat(answer.u32(4)).as("with CAPS").isEqualTo(15);
      assertThat(answer.u32(12)).isEqualTo(32);
      assertThat(answer.from(32))
          .isEqualTo(
              Bytes.of()
                  .u16(1)
                  .u16(1)
                  .u32(0)
                  .u32(2)
                  .u32(0)
                  .u64(0x2000)
                  .u64(0x1000)
                  .u64(0x4000)
                  .u64(0x2000)
                  .array());
      assertThat(answer.descriptors()).hasSize(1);
      answer.descriptors().forEach(C::close);
    }

    @Test
    @DisplayName("a region that can be mapped as a whole: stores are seen without a message")
    void mappedAsAWhole() {
      Answer answer = client.call(5, regionInfo(64, ServedDevice.MAPPED_BAR));
      assertThat(answer.from(32))
          .isEqualTo(Bytes.of().u16(1).u16(1).u32(0).u32(1).u32(0).u64(0).u64(0x4000).array());
      var mapped = C.map(answer.descriptors().getFirst(), 0x4000);
      mapped.set(ValueLayout.JAVA_BYTE, 0x3000, (byte) 42);
      assertThat(device.memory().segment().get(ValueLayout.JAVA_BYTE, 0x3000)).isEqualTo((byte) 42);
      assertThat(C.truncate(answer.descriptors().getFirst(), 0))
          .as("can't be taken away")
          .isNegative();
      answer.descriptors().forEach(C::close);
    }

    @Test
    void emptyAndConfiguration() {
      Answer empty = client.call(5, regionInfo(32, 8));
      assertThat(empty.payload()).hasSize(32);
      assertThat(empty.u32(4)).isZero();
      assertThat(empty.u64(16)).isZero();
      Answer config = client.call(5, regionInfo(32, ServedDevice.CONFIG));
      assertThat(config.u64(16)).isEqualTo(256);
      assertThat(config.u32(4)).isEqualTo(3);
    }
  }

  @Nested
  @DisplayName("5.5 IO fds")
  class IoFds {
    @ParameterizedTest
    @CsvSource({"16,1,1,0", "16,0,1,1", "15,0,1,0", "1048577,0,1,0", "16,0,512,0", "16,0,8,0"})
    void wrong(long argsz, int flags, int index, int count) {
      assertThat(client.errno(6, info(argsz, flags, index, count))).isEqualTo(EINVAL);
    }

    @Test
    void none() {
      assertThat(client.call(6, info(16, 0, 1, 0)).payload()).isEqualTo(info(16, 0, 1, 0));
    }
  }

  @Nested
  @DisplayName("5.6 Irq info")
  class Irqs {
    @Test
    void wrong() {
      assertThat(client.errno(7, info(16, 0))).isEqualTo(EINVAL);
      assertThat(client.errno(7, info(8, 0, 0, 0))).isEqualTo(EINVAL);
      assertThat(client.errno(7, info(16, 0, 5, 0))).isEqualTo(EINVAL);
    }

    @Test
    void right() {
      assertThat(client.call(7, info(32, 0, 3, 0)).payload()).isEqualTo(info(16, 1, 3, 1));
      assertThat(client.call(7, info(16, 0, 4, 0)).payload()).isEqualTo(info(16, 1, 4, 1));
      assertThat(client.call(7, info(16, 0, 2, 0)).payload()).isEqualTo(info(16, 1, 2, 2048));
    }
  }
}
