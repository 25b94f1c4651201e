package org.mdev4j.vfiouser.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mdev4j.vfiouser.raw.Answer;
import org.mdev4j.vfiouser.raw.Bytes;
import org.mdev4j.vfiouser.raw.C;
import org.mdev4j.vfiouser.raw.RawClient;

/** Looks at the resident memory of this process, which the server is in. */
@DisplayName("What a client sends takes no more memory than the limits say")
@Timeout(120)
class MemoryBoundTest extends ServedTest {
  private static final long MIB = 1 << 20;

  /** More than the limits and the collector's own comings and goings together. */
  private static final long BOUND = 256 * MIB;

  private static final int READ_WRITE = 3;
  private static final int DMA_READ = 11;
  private static final int REGION_READ = 9;
  private static final int REGION_WRITE = 10;

  private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
  private final PrintStream realErr = System.err;

  @BeforeEach
  void listen() {
    System.setErr(new PrintStream(logged, true));
  }

  @AfterEach
  void listenNoMore() {
    System.setErr(realErr);
  }

  @Override
  ServerLimits limits() {
    return super.limits().withPatience(ServingHost.LIMIT, Duration.ofMinutes(10));
  }

  private static long resident() {
    try {
      return Files.readAllLines(Path.of("/proc/self/status")).stream()
          .filter(line -> line.startsWith("VmRSS:"))
          .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) << 10)
          .findFirst()
          .orElseThrow();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  /** A read by the session's thread, which reads a word from the client's memory for it. */
  private Answer awaitReply() {
    client.map(READ_WRITE, 0, 0x10000, 0x10000);
    client.write(ServedDevice.DMA_BAR, 0, Bytes.of().u64(0x10000).array());
    client.send(REGION_READ, Bytes.of().u64(8).u32(ServedDevice.DMA_BAR).u32(4).array());
    Answer dma = client.receive();
    assertThat(dma.command()).isEqualTo(DMA_READ);
    return dma;
  }

  private static byte[] replyTo(Answer dma, byte[] data) {
    return Bytes.of().u64(dma.u64(0)).u64(dma.u64(8)).raw(data).array();
  }

  @Test
  @DisplayName("a device that reads a page of memory without a file, again and again")
  void replies() {
    int pages = 2000;
    long before = resident();
    client.map(READ_WRITE, 0, 0x10000, 0x10000);
    client.write(ServedDevice.DMA_BAR, 0, Bytes.of().u64(0x10000).array());
    int write = client.send(REGION_WRITE, RawClient.writePayload(0, 24, Bytes.ints(pages).array()));
    byte[] page = new byte[PAGE];
    long most = 0;
    for (int i = 0; i < pages; i++) {
      Answer dma = client.receive();
      client.reply(dma, replyTo(dma, page));
      if (i % 50 == 49) {
        most = Math.max(most, resident() - before);
      }
    }
    assertThat(client.receive().id()).isEqualTo(write);
    assertThat(most).isLessThan(BOUND);
  }

  @Test
  @DisplayName("commands instead of a reply: up to the limit they wait, then it is disconnected")
  void commandsInsteadOfAReply() {
    long before = resident();
    awaitReply();
    byte[] command =
        RawClient.message(7, REGION_WRITE, 0, RawClient.writePayload(1, 0, new byte[PAGE + 4]));
    long within = limits().queuedCommands() / (command.length + 128) - 1;
    for (long i = 0; i < within; i++) {
      assertThat(client.sendRaw(command)).as("command %d of %d", i, within).isTrue();
    }
    long most = resident() - before;
    // What the socket holds is not counted.
    for (long i = 0; i < 2 * within && client.sendRaw(command); i++) {
      if (i % 50 == 49) {
        most = Math.max(most, resident() - before);
      }
    }
    assertThat(client.receive()).as("disconnected").isNull();
    assertThat(most).isLessThan(BOUND);
    assertThat(logged.toString().lines())
        .singleElement(STRING)
        .contains("dev: client disconnected: the other side sends")
        .contains("commands instead of a reply");
    reconnect();
    assertThat(client.read(1, 0, 4).isError()).isFalse();
  }

  @Test
  @DisplayName("within the limit all commands are answered, in order and whatever their sizes are")
  void queuedCommandsAreWhatTheyWere() {
    Answer dma = awaitReply();
    List<Integer> ids = new ArrayList<>();
    int[] sizes = {1, 8, 100, 4064, 4065, 4096};
    for (int i = 0; i < 200; i++) {
      byte[] data = new byte[sizes[i % sizes.length]];
      Arrays.fill(data, (byte) i);
      ids.add(client.send(REGION_WRITE, RawClient.writePayload(1, 0, data)));
      ids.add(client.send(REGION_READ, Bytes.of().u64(0).u32(1).u32(data.length).array()));
    }
    // Smaller than a header: refused, and what follows is read.
    client.sendRaw(Bytes.of().u16(9999).u16(4).u32(15).u32(0).u32(0).array());
    ids.add(9999);
    ids.add(client.send(4, Bytes.ints(16, 0, 0, 0).array()));
    client.reply(dma, replyTo(dma, new byte[4]));
    assertThat(client.receive().command()).isEqualTo(REGION_READ);
    for (int i = 0; i < ids.size(); i++) {
      Answer answer = client.receive();
      assertThat(answer.id()).isEqualTo(ids.get(i));
      assertThat(answer.isError()).isEqualTo(answer.id() == 9999);
      if (answer.command() == REGION_READ && i < 400) {
        assertThat(answer.from(16)).hasSize(sizes[i / 2 % sizes.length]).containsOnly(i / 2);
      }
    }
  }

  @Test
  @DisplayName("a message with descriptors at each of its bytes: few are ever open")
  void descriptors() {
    int fd = C.eventfd(0);
    int[] all = new int[250];
    Arrays.fill(all, fd);
    byte[] message = RawClient.message(7, REGION_WRITE, 0, new byte[PAGE]);
    int most = 0;
    int before = C.openFiles().size();
    for (byte each : message) {
      if (!client.sendRaw(new byte[] {each}, all)) {
        break;
      }
      most = Math.max(most, C.openFiles().size() - before);
    }
    C.close(fd);
    assertThat(client.receive()).as("disconnected").isNull();
    assertThat(most).isLessThan(1000);
    reconnect();
  }

  @Test
  @DisplayName("commands that wait with their descriptors: few are ever open")
  void queuedDescriptors() {
    int fd = C.eventfd(0);
    int[] eight = new int[8];
    Arrays.fill(eight, fd);
    awaitReply();
    int most = 0;
    int before = C.openFiles().size();
    byte[] command = RawClient.message(7, 8, 0, new byte[40]);
    for (int i = 0; i < 2000 && client.sendRaw(command, eight); i++) {
      most = Math.max(most, C.openFiles().size() - before);
    }
    C.close(fd);
    assertThat(client.receive()).as("disconnected").isNull();
    assertThat(most).isLessThan(1000);
    reconnect();
  }

  @Test
  @DisplayName("on a twin socket the server takes no commands")
  void commandOnTheTwin() {
    client.close();
    client = new RawClient(server.path());
    Answer version =
        client.version(
            1, "{\"capabilities\":{\"max_msg_fds\":8,\"twin_socket\":{\"supported\":true}}}\0");
    client.map(READ_WRITE, 0, 0x10000, 0x1000);
    client.write(ServedDevice.DMA_BAR, 0, Bytes.of().u64(0x10000).array());
    try (RawClient twin = RawClient.of(version.descriptors().getFirst())) {
      client.send(REGION_READ, Bytes.of().u64(8).u32(0).u32(4).array());
      assertThat(twin.receive().command()).isEqualTo(DMA_READ);
      twin.send(4, Bytes.ints(16, 0, 0, 0).array());
      assertThat(twin.receive()).isNull();
      assertThat(client.receive()).isNull();
    }
    reconnect();
  }
}
