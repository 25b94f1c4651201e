package org.mdev4j.vfiouser.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mdev4j.vfiouser.raw.Answer;
import org.mdev4j.vfiouser.raw.Bytes;
import org.mdev4j.vfiouser.raw.C;
import org.mdev4j.vfiouser.raw.Conversations;
import org.mdev4j.vfiouser.raw.Conversations.Sent;
import org.mdev4j.vfiouser.raw.RawClient;

/** Spoiled conversations. A failure names its seed; the same seed sends the same messages. */
@DisplayName("A hostile client: 100,000 spoiled messages do no harm")
class FuzzTest {
  private static final int MESSAGES = 100_000;
  private static final int SEEDS = 4;
  private static final long[] NUMBERS = {
    0,
    1,
    2,
    3,
    4,
    15,
    16,
    20,
    24,
    32,
    0x7f,
    0x80,
    0xff,
    0xfff,
    0x1000,
    0x1001,
    0xffff,
    0x10000,
    0xfffff,
    0x100000,
    0x100001,
    0x7fffffff,
    0x80000000L,
    0xffffffffL,
    0xfffffffeL,
    1L << 43,
    Long.MAX_VALUE,
    Long.MIN_VALUE,
    -1,
    -4096
  };

  private final ServedDevice device = new ServedDevice();
  private final ServedDevice neighbour = new ServedDevice();
  private final ByteArrayOutputStream logged = new ByteArrayOutputStream();
  private final List<List<Sent>> conversations =
      List.of(Conversations.qemu(), Conversations.others());
  private int[] files;
  private int connections;
  private int refused;
  private int accepted;

  @Test
  @Timeout(600)
  void spoiled() {
    PrintStream realErr = System.err;
    System.setErr(new PrintStream(logged, true));
    int[] pipe = C.pipe();
    files =
        new int[] {
          C.memfd(0x80000), C.memfd(0x1000), C.memfd(0), C.eventfd(0), C.eventfd(1), pipe[1]
        };
    try (ServingHost host = new ServingHost()) {
      host.register("dev", device);
      host.register("neighbour", neighbour);
      try (VfioUserServer other = host.serve("neighbour", limits());
          RawClient witness = RawClient.agreed(other.path())) {
        witness.write(1, 0, (byte) 42);
        List<String> before = C.openFiles();
        for (int seed = 1; seed <= SEEDS; seed++) {
          try (VfioUserServer server = host.serve("dev", limits())) {
            attack(server, seed);
            try (RawClient honest = RawClient.agreed(server.path())) {
              assertThat(honest.read(1, 0, 4).isError()).as("seed %d", seed).isFalse();
            }
          }
          assertThat(C.openFiles()).as("seed %d", seed).isEqualTo(before);
          assertThat(witness.read(1, 0, 1).from(16)).containsExactly(42);
        }
      }
    } finally {
      System.setErr(realErr);
      Arrays.stream(files).forEach(C::close);
      C.close(pipe[0]);
    }
    assertThat(logged.toString().lines().filter(line -> line.startsWith("ERROR"))).isEmpty();
    assertThat(Thread.getAllStackTraces().keySet())
        .extracting(Thread::getName)
        .noneMatch(name -> name.startsWith("vfio-user"));
    // Else it would only test the door.
    assertThat(accepted).isGreaterThan(MESSAGES / 10);
    assertThat(refused).isGreaterThan(MESSAGES / 10);
    assertThat(connections).isGreaterThan(100);
  }

  private static ServerLimits limits() {
    return new ServerLimits(
        256, 8L << 40, 1L << 30, 16L << 20, Duration.ofSeconds(20), Duration.ofSeconds(5));
  }

  private void attack(VfioUserServer server, int seed) {
    Random random = new Random(seed);
    int left = MESSAGES / SEEDS;
    while (left > 0) {
      connections++;
      device.calls.clear();
      device.migration.arcs.clear();
      try (RawClient client = new RawClient(server.path())) {
        boolean agreed = random.nextInt(8) != 0;
        Sent version = new Sent(1, 0, Conversations.qemuVersion(), List.of());
        if (!exchange(client, agreed ? version : spoil(version, random), agreed, random)) {
          left--;
          continue;
        }
        left = talk(client, random, left);
      }
    }
  }

  private int talk(RawClient client, Random random, int messages) {
    int left = messages;
    List<Sent> conversation = conversations.get(random.nextInt(conversations.size()));
    int at = random.nextInt(3) == 0 ? random.nextInt(conversation.size()) : 0;
    while (left-- > 0) {
      Sent sent = conversation.get(at);
      at = (at + 1 + (random.nextInt(10) == 0 ? random.nextInt(5) : 0)) % conversation.size();
      boolean whole = random.nextInt(3) == 0;
      if (!exchange(client, whole ? sent : spoil(sent, random), whole, random)) {
        break;
      }
    }
    return left;
  }

  private static Sent spoil(Sent sent, Random random) {
    byte[] payload = sent.payload().clone();
    int command = sent.command();
    int flags = sent.flags();
    List<Conversations.File> along = sent.files();
    for (int i = random.nextInt(3); i >= 0; i--) {
      switch (random.nextInt(9)) {
        case 0, 1, 2 -> setNumber(payload, random);
        case 3 -> {
          if (payload.length > 0) {
            payload[random.nextInt(payload.length)] ^= (byte) (1 << random.nextInt(8));
          }
        }
        case 4 -> payload = Arrays.copyOf(payload, random.nextInt(payload.length + 40));
        case 5 -> command = random.nextInt(4) == 0 ? random.nextInt(65536) : random.nextInt(20);
        case 6 -> flags = random.nextInt(3) == 0 ? random.nextInt() & ~0x10 : flags;
        case 7 -> along = List.of(Conversations.File.values()).subList(0, random.nextInt(3));
        default -> {
          if (payload.length >= 24) {
            setNumber(payload, random);
            setNumber(payload, random);
          }
        }
      }
    }
    return new Sent(command, flags, payload, along);
  }

  private static void setNumber(byte[] payload, Random random) {
    int width = random.nextBoolean() ? 4 : 8;
    if (payload.length >= width) {
      int at = random.nextInt((payload.length - width) / 4 + 1) * 4;
      long value = NUMBERS[random.nextInt(NUMBERS.length)] + random.nextInt(3) - 1;
      for (int i = 0; i < width; i++) {
        payload[at + i] = (byte) (value >>> 8 * i);
      }
    }
  }

  /** Sends it and takes what comes; false if the connection is of no more use. */
  private boolean exchange(RawClient client, Sent sent, boolean whole, Random random) {
    byte[] message =
        RawClient.message(random.nextInt(65536), sent.command(), sent.flags(), sent.payload());
    boolean framed = true;
    if (!whole && random.nextInt(50) == 0) {
      long size = NUMBERS[random.nextInt(NUMBERS.length)];
      framed = (int) size == message.length;
      System.arraycopy(Bytes.of().u32(size).array(), 0, message, 4, 4);
    }
    List<Integer> along = new ArrayList<>();
    sent.files().forEach(file -> along.add(choose(file, whole, random)));
    int[] descriptors = along.stream().mapToInt(Integer::intValue).toArray();
    if (!client.sendRaw(message, descriptors) || !framed) {
      return false;
    }
    if ((sent.flags() & 0x10) != 0) {
      return true;
    }
    while (true) {
      Answer answer = client.receive();
      if (answer == null) {
        return false;
      }
      answer.descriptors().forEach(C::close);
      if ((answer.flags() & 0xf) == 1) {
        if (answer.isError()) {
          refused++;
        } else {
          accepted++;
        }
        return true;
      }
      if (!answerDma(client, answer, random)) {
        return false;
      }
    }
  }

  private int choose(Conversations.File file, boolean whole, Random random) {
    if (whole || random.nextInt(4) != 0) {
      return file == Conversations.File.MEMORY ? files[0] : files[3];
    }
    return files[random.nextInt(files.length)];
  }

  private static boolean answerDma(RawClient client, Answer command, Random random) {
    byte[] fields = Bytes.of().u64(command.u64(0)).u64(command.u64(8)).array();
    return switch (random.nextInt(5)) {
      case 0 -> {
        client.refuse(command, random.nextInt());
        yield true;
      }
      case 1 -> client.sendRaw(RawClient.message(random.nextInt(65536), 11, 1, fields));
      case 2 -> client.sendRaw(RawClient.message(command.id(), 11, 1, new byte[random.nextInt(9)]));
      default -> {
        byte[] data = command.command() == 11 ? new byte[(int) command.u64(8)] : new byte[0];
        client.reply(command, Bytes.of().raw(fields).raw(data).array());
        yield true;
      }
    };
  }
}
