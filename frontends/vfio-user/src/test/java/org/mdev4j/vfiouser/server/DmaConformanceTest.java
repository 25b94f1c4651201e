package org.mdev4j.vfiouser.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.time.Duration;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfiouser.raw.Answer;
import org.mdev4j.vfiouser.raw.Bytes;
import org.mdev4j.vfiouser.raw.C;
import org.mdev4j.vfiouser.raw.RawClient;

@DisplayName("spec/vfio-user.md 5.9 DMA map, 5.10 DMA unmap, 5.11 DMA access")
class DmaConformanceTest extends ServedTest {
  private static final int READ_WRITE = 3;
  private static final int ENOENT = 2;
  private static final int EEXIST = 17;
  private static final int ENOSPC = 28;

  private MemorySegment dmaRead(long iova, int count) {
    MemorySegment into = MemorySegment.ofArray(new byte[count]);
    device.context().dma().read(iova, into);
    return into;
  }

  @Nested
  @DisplayName("5.9 DMA map")
  class Map {
    @ParameterizedTest
    @CsvSource({
      "3,0,0x10000,0x0",
      "3,0,0xfffffffffffff000,0x2000",
      "7,0,0x10000,0x1000",
      "11,0,0x10000,0x1000",
      "15,0,0x10000,0x1000",
      "19,0,0x10000,0x1000",
      "0,0,0x10000,0x1000",
      "3,0,0x10001,0x1000"
    })
    void refused(int flags, long offset, String iova, String size) {
      assertThat(
              client.map(
                  flags, offset, Long.parseUnsignedLong(iova.substring(2), 16), Long.decode(size)))
          .isEqualTo(EINVAL);
    }

    @Test
    void tooSmall() {
      assertThat(client.errno(2, new byte[24])).isEqualTo(EINVAL);
      assertThat(client.errno(2, Bytes.ints(31, 3).u64(0).u64(0).u64(4096).array()))
          .isEqualTo(EINVAL);
    }

    @Test
    void tooLarge() {
      assertThat(client.map(READ_WRITE, 0, 0, (8L << 40) + PAGE)).isEqualTo(ENOSPC);
    }

    @Test
    void tooMany() {
      for (int i = 0; i < 64; i++) {
        assertThat(client.map(READ_WRITE, 0, (long) i * PAGE, PAGE)).isZero();
      }
      assertThat(client.map(READ_WRITE, 0, 64L * PAGE, PAGE)).isEqualTo(EINVAL);
    }

    @Test
    @DisplayName("with a file: mapped, at an offset, also one that is at no page")
    void withFile() {
      int fd = C.memfd(0x10000);
      MemorySegment guest = C.map(fd, 0x10000);
      guest.set(ValueLayout.JAVA_INT_UNALIGNED, 0x3010, 0x1234567);
      assertThat(client.map(READ_WRITE, 0x3010, 0x10000, 0x4000, fd)).isZero();
      C.close(fd);
      assertThat(dmaRead(0x10000, 4).get(ValueLayout.JAVA_INT_UNALIGNED, 0)).isEqualTo(0x1234567);
      device.context().dma().write(0x10004, MemorySegment.ofArray(new byte[] {1, 2, 3, 4}));
      assertThat(guest.get(ValueLayout.JAVA_INT_UNALIGNED, 0x3014)).isEqualTo(0x04030201);
    }

    @Test
    @DisplayName("with FILE_IO: read and written as a file")
    void withFileIo() {
      int fd = C.memfd(0x4000);
      MemorySegment guest = C.map(fd, 0x4000);
      guest.set(ValueLayout.JAVA_BYTE, 0x1000, (byte) 5);
      assertThat(client.map(READ_WRITE | 8, 0x1000, 0x10000, 0x2000, fd)).isZero();
      C.close(fd);
      assertThat(dmaRead(0x10000, 1).get(ValueLayout.JAVA_BYTE, 0)).isEqualTo((byte) 5);
      device.context().dma().write(0x10001, MemorySegment.ofArray(new byte[] {6}));
      assertThat(guest.get(ValueLayout.JAVA_BYTE, 0x1001)).isEqualTo((byte) 6);
    }

    @Test
    void readOnly() {
      int fd = C.memfd(PAGE);
      assertThat(client.map(1, 0, 0x10000, PAGE, fd)).isZero();
      C.close(fd);
      assertThat(dmaRead(0x10000, 4).byteSize()).isEqualTo(4);
      assertThatThrownBy(
              () -> device.context().dma().write(0x10000, MemorySegment.ofArray(new byte[1])))
          .isInstanceOf(ErrnoException.class)
          .hasMessageContaining("permits");
    }

    @Test
    @DisplayName("the very same again succeeds; others at the same place, or overlapping, do not")
    void again() {
      int fd = C.memfd(0x4000);
      int other = C.memfd(0x4000);
      assertThat(client.map(READ_WRITE, 0, 0x10000, 0x2000, fd)).isZero();
      int before = C.openFiles().size();
      assertThat(client.map(READ_WRITE, 0, 0x10000, 0x2000, fd)).isZero();
      assertThat(C.openFiles()).as("its descriptor is closed").hasSize(before);
      assertThat(client.map(READ_WRITE, 0x1000, 0x10000, 0x2000, fd)).isEqualTo(EINVAL);
      assertThat(client.map(1, 0, 0x10000, 0x2000, fd)).isEqualTo(EINVAL);
      assertThat(client.map(READ_WRITE, 0, 0x10000, 0x2000, other)).isEqualTo(EINVAL);
      assertThat(client.map(READ_WRITE, 0, 0x11000, 0x2000, fd)).isEqualTo(EEXIST);
      assertThat(client.map(READ_WRITE, 0, 0xf000, 0x4000, fd)).isEqualTo(EEXIST);
      assertThat(client.map(READ_WRITE, 0, 0x12000, 0x2000, fd, other))
          .as("a surplus one")
          .isZero();
      C.close(fd);
      C.close(other);
    }

    @Test
    @DisplayName("what is no file of memory is refused, and closed")
    void notAFile() {
      int before = C.openFiles().size();
      int[] pipe = C.pipe();
      int eventfd = C.eventfd(0);
      assertThat(client.map(READ_WRITE, 0, 0x10000, PAGE, pipe[0])).isEqualTo(EINVAL);
      assertThat(client.map(READ_WRITE, 0, 0x10000, PAGE, eventfd)).isEqualTo(EINVAL);
      C.close(pipe[0]);
      C.close(pipe[1]);
      C.close(eventfd);
      assertThat(C.openFiles()).hasSize(before);
    }

    @Test
    @DisplayName("a client that truncates its file gets errors, and the host goes on")
    void truncated() {
      int fd = C.memfd(0x4000);
      assertThat(client.map(READ_WRITE, 0, 0x10000, 0x4000, fd)).isZero();
      C.truncate(fd, 0);
      C.close(fd);
      client.write(ServedDevice.DMA_BAR, 0, Bytes.of().u64(0x10000).array());
      assertThat(client.read(ServedDevice.DMA_BAR, 8, 4).errno()).as("EFAULT").isEqualTo(14);
      assertThat(client.write(ServedDevice.DMA_BAR, 8, new byte[4]).errno()).isEqualTo(14);
      assertThat(client.read(ServedDevice.PLAIN_BAR, 0, 4).isError()).isFalse();
    }
  }

  @Nested
  @DisplayName("5.10 DMA unmap")
  class Unmap {
    private int errno(long argsz, int flags, long iova, long size, byte... more) {
      return client.errno(3, Bytes.ints(argsz, flags).u64(iova).u64(size).raw(more).array());
    }

    @Test
    void refused() {
      client.map(READ_WRITE, 0, 0x10000, PAGE);
      assertThat(client.errno(3, new byte[8])).isEqualTo(EINVAL);
      assertThat(errno(8, 0, 0x10000, PAGE)).isEqualTo(EINVAL);
      assertThat(errno((1 << 20) + 8, 0, 0x10000, PAGE)).isEqualTo(EINVAL);
      assertThat(errno(24, 1, 0x10000, PAGE)).as("no room for the bitmap").isEqualTo(EINVAL);
      byte[] huge = Bytes.of().u64(PAGE).u64(-8).array();
      assertThat(errno(48, 1, 0x10000, PAGE, huge)).isEqualTo(EINVAL);
      byte[] right = Bytes.of().u64(PAGE).u64(8).array();
      assertThat(errno(48, 1, 0x10000, PAGE, right)).as("not logged").isEqualTo(EINVAL);
      assertThat(errno(24, 4, 0x10000, PAGE)).isEqualTo(EINVAL);
      assertThat(errno(24, 2, 0x10000, PAGE)).isEqualTo(EINVAL);
      assertThat(errno(40, 3, 0, 0, right)).isEqualTo(EINVAL);
      assertThat(errno(24, 0, 0x10000, 2 * PAGE)).isEqualTo(ENOENT);
      assertThat(errno(24, 0, 0x20000, PAGE)).isEqualTo(ENOENT);
      assertThat(errno(24, 0, 0x10000, PAGE)).as("and it was there all the time").isZero();
    }

    @Test
    void exact() {
      client.map(READ_WRITE, 0, 0x10000, PAGE);
      byte[] request = Bytes.ints(24, 0).u64(0x10000).u64(PAGE).array();
      assertThat(client.call(3, request).payload()).isEqualTo(request);
      assertThatThrownBy(() -> dmaRead(0x10000, 1)).isInstanceOf(ErrnoException.class);
    }

    @Test
    void all() {
      for (int i = 0; i < 64; i++) {
        client.map(READ_WRITE, 0, (long) i * PAGE, PAGE);
      }
      assertThat(errno(24, 2, 0, 0)).isZero();
      assertThat(errno(24, 2, 0, 0)).as("never fails").isZero();
      assertThat(errno(24, 0, 0, PAGE)).isEqualTo(ENOENT);
    }

    @Test
    @DisplayName("quiescing: the answer comes once the device has let go of its pages")
    void waitsForTheDevice() throws Exception {
      int fd = C.memfd(PAGE);
      client.map(READ_WRITE, 0, 0x10000, PAGE, fd);
      C.close(fd);
      device.context().dma().pinPages(0x10000, 1, 3);
      CountDownLatch let = new CountDownLatch(1);
      CountDownLatch asked = new CountDownLatch(1);
      device.onUnmap =
          () -> {
            asked.countDown();
            try {
              assertThat(let.await(20, TimeUnit.SECONDS)).isTrue();
            } catch (InterruptedException e) {
              throw new IllegalStateException(e);
            }
            device.context().dma().unpinPages(0x10000, 1);
          };
      int id = client.send(3, Bytes.ints(24, 0).u64(0x10000).u64(PAGE).array());
      assertThat(asked.await(20, TimeUnit.SECONDS)).isTrue();
      let.countDown();
      Answer answer = client.receive();
      assertThat(answer.id()).isEqualTo(id);
      assertThat(answer.isError()).isFalse();
    }
  }

  @Nested
  @DisplayName("5.11 DMA access by messages, on the one socket")
  class Messages {
    private void mapRemote() {
      client.close();
      client =
          RawClient.agreed(
              server.path(), "{\"capabilities\":{\"max_data_xfer_size\":4096,\"max_msg_fds\":8}}");
      client.map(READ_WRITE, 0, 0x10000, 0x10000);
    }

    /** Serves one command of the server from {@code memory}; what it was. */
    private Answer serveOne(byte[] memory) {
      Answer command = client.receive();
      assertThat(command.flags()).isZero();
      int at = (int) (command.u64(0) - 0x10000);
      int count = (int) command.u64(8);
      if (command.command() == 11) {
        byte[] data = Arrays.copyOfRange(memory, at, at + count);
        client.reply(command, Bytes.of().u64(command.u64(0)).u64(count).raw(data).array());
      } else {
        System.arraycopy(command.from(16), 0, memory, at, count);
        client.reply(command, Bytes.of().u64(command.u64(0)).u64(count).array());
      }
      return command;
    }

    @Test
    void writeAndReadByAThreadOfTheDevice() {
      mapRemote();
      byte[] memory = new byte[0x10000];
      byte[] sent = new byte[64];
      Arrays.fill(sent, (byte) 3);
      var written =
          CompletableFuture.runAsync(
              () -> device.context().dma().write(0x10040, MemorySegment.ofArray(sent)));
      assertThat(serveOne(memory).command()).isEqualTo(12);
      written.join();
      var read = CompletableFuture.supplyAsync(() -> dmaRead(0x10040, 64));
      assertThat(serveOne(memory).command()).isEqualTo(11);
      assertThat(read.join().toArray(ValueLayout.JAVA_BYTE)).isEqualTo(sent);
    }

    @Test
    @DisplayName("two pages and 42 bytes go in pieces of what the client takes")
    void inPieces() {
      mapRemote();
      var read = CompletableFuture.supplyAsync(() -> dmaRead(0x10000, 2 * PAGE + 42));
      byte[] memory = new byte[0x10000];
      memory[2 * PAGE + 41] = 9;
      assertThat(serveOne(memory).u64(8)).isEqualTo(PAGE);
      assertThat(serveOne(memory).u64(8)).isEqualTo(PAGE);
      assertThat(serveOne(memory).u64(8)).isEqualTo(42);
      assertThat(read.join().get(ValueLayout.JAVA_BYTE, 2 * PAGE + 41)).isEqualTo((byte) 9);
    }

    @Test
    @DisplayName("a reply that comes before its caller begins to wait is not lost")
    void quickReplies() {
      mapRemote();
      int copies = 20_000;
      byte[] memory = new byte[0x10000];
      var all =
          CompletableFuture.runAsync(
              () -> {
                for (int i = 0; i < copies; i++) {
                  dmaRead(0x10000, 4);
                }
              });
      for (int i = 0; i < copies; i++) {
        serveOne(memory);
      }
      all.join();
    }

    @Test
    @DisplayName("a command that arrives while the server waits for a reply is done afterwards")
    void commandBetween() {
      mapRemote();
      client.write(ServedDevice.DMA_BAR, 0, Bytes.of().u64(0x10000).array());
      int read = client.send(9, Bytes.of().u64(8).u32(0).u32(4).array());
      Answer dma = client.receive();
      assertThat(dma.command()).isEqualTo(11);
      int info = client.send(4, Bytes.ints(16, 0, 0, 0).array());
      int other = client.send(9, Bytes.of().u64(0).u32(1).u32(4).array());
      client.reply(dma, Bytes.of().u64(0x10000).u64(4).u32(77).array());
      Answer first = client.receive();
      assertThat(first.id()).isEqualTo(read);
      assertThat(first.u32(16)).isEqualTo(77);
      assertThat(client.receive().id()).isEqualTo(info);
      assertThat(client.receive().id()).isEqualTo(other);
    }

    @Test
    void theClientsErrno() {
      mapRemote();
      client.write(ServedDevice.DMA_BAR, 0, Bytes.of().u64(0x10000).array());
      var failing =
          CompletableFuture.supplyAsync(
              () -> {
                try {
                  return dmaRead(0x10000, 4).byteSize();
                } catch (ErrnoException refused) {
                  return (long) -refused.errno().number();
                }
              });
      client.refuse(client.receive(), 5);
      assertThat(failing.join()).isEqualTo(-5);
    }

    @Test
    @DisplayName("a bare header is success for a write")
    void bareHeader() {
      mapRemote();
      var written =
          CompletableFuture.runAsync(
              () -> device.context().dma().write(0x10000, MemorySegment.ofArray(new byte[4])));
      client.reply(client.receive(), new byte[0]);
      written.join();
    }

    @Test
    void aReplyToSomethingElse() {
      mapRemote();
      var read = CompletableFuture.supplyAsync(() -> dmaRead(0x10000, 4));
      Answer command = client.receive();
      client.reply(command, Bytes.of().u64(0x11000).u64(4).u32(0).array());
      assertThatThrownBy(read::join).hasRootCauseInstanceOf(ErrnoException.class);
    }

    @Test
    @DisplayName("a client that does not reply is disconnected, and the next is served")
    void noReply() {
      client.close();
      server.close();
      server = host.serve("dev", limits().withPatience(ServingHost.LIMIT, Duration.ofSeconds(1)));
      mapRemote();
      client.write(ServedDevice.DMA_BAR, 0, Bytes.of().u64(0x10000).array());
      client.send(9, Bytes.of().u64(8).u32(0).u32(4).array());
      assertThat(client.receive().command()).isEqualTo(11);
      assertThat(client.receive()).isNull();
      reconnect();
    }

    @Test
    @DisplayName("one that sends commands instead has no more time")
    void commandsButNoReply() throws Exception {
      client.close();
      server.close();
      server = host.serve("dev", limits().withPatience(ServingHost.LIMIT, Duration.ofSeconds(1)));
      mapRemote();
      client.write(ServedDevice.DMA_BAR, 0, Bytes.of().u64(0x10000).array());
      client.send(9, Bytes.of().u64(8).u32(0).u32(4).array());
      assertThat(client.receive().command()).isEqualTo(11);
      byte[] info = RawClient.message(1, 4, 0, Bytes.ints(16, 0, 0, 0).array());
      long end = System.nanoTime() + ServingHost.LIMIT.toNanos();
      while (client.sendRaw(info)) {
        assertThat(System.nanoTime()).isLessThan(end);
        Thread.sleep(20);
      }
      reconnect();
    }

    @Test
    @DisplayName("the time for a reply is not the time that a client may pause within a message")
    void pauseWithinAMessage() throws Exception {
      client.close();
      server.close();
      server = host.serve("dev", limits().withPatience(ServingHost.LIMIT, Duration.ofMillis(20)));
      client = RawClient.agreed(server.path());
      byte[] info = RawClient.message(1, 4, 0, Bytes.ints(16, 0, 0, 0).array());
      for (int cut : new int[] {8, 24}) {
        client.sendRaw(Arrays.copyOf(info, cut));
        Thread.sleep(200);
        client.sendRaw(Arrays.copyOfRange(info, cut, info.length));
        assertThat(client.receive().isError()).isFalse();
      }
    }

    @Test
    @DisplayName("a client that leaves while the server waits for it: nobody waits on")
    void leavesMeanwhile() {
      mapRemote();
      var read = CompletableFuture.supplyAsync(() -> dmaRead(0x10000, 4));
      assertThat(client.receive().command()).isEqualTo(11);
      reconnect();
      assertThatThrownBy(read::join).hasRootCauseInstanceOf(ErrnoException.class);
    }

    @Test
    @DisplayName("unmapping waits for a copy under way, whose reply comes on the same socket")
    void unmapDuringCopy() {
      mapRemote();
      var read = CompletableFuture.supplyAsync(() -> dmaRead(0x10000, 4));
      Answer dma = client.receive();
      int id = client.send(3, Bytes.ints(24, 0).u64(0x10000).u64(0x10000).array());
      client.reply(dma, Bytes.of().u64(0x10000).u64(4).u32(1).array());
      assertThat(client.receive().id()).isEqualTo(id);
      assertThat(read.join().byteSize()).isEqualTo(4);
    }

    @Test
    void memoryWithoutFileCantBePinned() {
      mapRemote();
      assertThatThrownBy(() -> device.context().dma().pinPages(0x10000, 1, 1))
          .isInstanceOf(ErrnoException.class)
          .hasMessageContaining("remote");
      assertThatThrownBy(() -> dmaRead(0x90000, 1)).isInstanceOf(ErrnoException.class);
    }
  }

  @Test
  @DisplayName("5.11 on a twin socket: commands go there, and only there")
  void twinSocket() {
    client.close();
    client = new RawClient(server.path());
    Answer version =
        client.version(
            1, "{\"capabilities\":{\"max_msg_fds\":8,\"twin_socket\":{\"supported\":true}}}\0");
    int twin = version.descriptors().getFirst();
    client.map(READ_WRITE, 0, 0x10000, 0x1000);
    try (RawClient other = RawClient.of(twin)) {
      client.write(ServedDevice.DMA_BAR, 0, Bytes.of().u64(0x10000).array());
      int read = client.send(9, Bytes.of().u64(8).u32(0).u32(4).array());
      Answer dma = other.receive();
      assertThat(dma.command()).isEqualTo(11);
      other.reply(dma, Bytes.of().u64(0x10000).u64(4).u32(78).array());
      Answer answer = client.receive();
      assertThat(answer.id()).isEqualTo(read);
      assertThat(answer.u32(16)).isEqualTo(78);
    }
  }
}
