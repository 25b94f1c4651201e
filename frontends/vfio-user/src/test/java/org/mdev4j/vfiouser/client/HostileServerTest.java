package org.mdev4j.vfiouser.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfiouser.raw.Bytes;

@DisplayName("A server that tells of what can't be: EPROTO, before memory is taken for it")
@Timeout(60)
class HostileServerTest {
  private static final int VERSION = 1;
  private static final int INFO = 4;
  private static final int REGION_INFO = 5;
  private static final int IRQ_INFO = 8 - 1;
  private static final int PCI = 2;

  @TempDir private Path folder;
  private ServerSocketChannel listening;
  private Thread serving;
  private long regions = 1;
  private long irqs = 1;
  private long regionSize = 4096;
  private long vectors = 1;

  @BeforeEach
  void serve() throws IOException {
    listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listening.bind(UnixDomainSocketAddress.of(path()));
    serving = Thread.ofPlatform().daemon().start(this::run);
  }

  @AfterEach
  void end() throws Exception {
    listening.close();
    serving.join();
  }

  private Path path() {
    return folder.resolve("s");
  }

  private void run() {
    try (SocketChannel client = listening.accept()) {
      ByteBuffer header;
      while ((header = receive(client, 16)) != null) {
        receive(client, header.getInt(4) - 16);
        short command = header.getShort(2);
        byte[] payload = answer(command);
        Bytes reply = Bytes.of().u16(header.getShort(0)).u16(command).u32(16 + payload.length);
        reply.u32(payload.length == 0 ? 0x21 : 1).u32(payload.length == 0 ? 22 : 0).raw(payload);
        client.write(ByteBuffer.wrap(reply.array()));
      }
    } catch (IOException ended) {
      // The client has gone, or the test is over.
    }
  }

  private byte[] answer(int command) {
    return switch (command) {
      case VERSION -> Bytes.of().u16(0).u16(1).text("{\"capabilities\":{}}\0").array();
      case INFO -> Bytes.ints(16, PCI, regions, irqs).array();
      case REGION_INFO -> Bytes.ints(32, 3, 0, 0).u64(regionSize).u64(0).array();
      case IRQ_INFO -> Bytes.ints(16, 1, 0, vectors).array();
      default -> new byte[0];
    };
  }

  private static ByteBuffer receive(SocketChannel from, int count) throws IOException {
    ByteBuffer bytes = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
    while (bytes.hasRemaining()) {
      if (from.read(bytes) < 0) {
        return null;
      }
    }
    return bytes;
  }

  private void refused() {
    assertThatThrownBy(() -> RemoteDevice.at(path()))
        .isInstanceOf(ErrnoException.class)
        .extracting(failure -> ((ErrnoException) failure).errno())
        .isEqualTo(Errno.EPROTO);
  }

  @Test
  void anHonestOne() {
    assertThat(RemoteDevice.at(path()).regionCount()).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(longs = {1025, 0x7fffffff, 0xffffffffL})
  void indexes(long count) {
    regions = count;
    refused();
  }

  @ParameterizedTest
  @ValueSource(longs = {2049, 0x7fffffff, 0xffffffffL})
  void interrupts(long count) {
    vectors = count;
    refused();
  }

  @ParameterizedTest
  @ValueSource(longs = {(1L << 40) + 1, Long.MAX_VALUE, -1})
  void regionSizes(long size) {
    regionSize = size;
    refused();
  }
}
