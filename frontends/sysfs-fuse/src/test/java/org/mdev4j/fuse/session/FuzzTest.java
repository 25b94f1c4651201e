package org.mdev4j.fuse.session;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Random;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mdev4j.fuse.wire.Opcode;

/** Whatever arrives with a header, the session answers it and goes on. */
class FuzzTest {
  private static final int REQUESTS = 100_000;
  private static final int LONGEST_BODY = 200;
  private static final int HIGHEST_OPCODE = 60;
  private static final long SEED = 20261127;
  private static final int PENDING = 1_000;

  @Test
  @Timeout(value = 300, unit = SECONDS)
  void randomRequestsNeitherEndNorBlockIt() throws Exception {
    FakeDevice device = new FakeDevice();
    ToyTree toy = new ToyTree();
    Session session = new Session(device, toy.tree.sys(), "fuzz");
    session.start();
    Random random = new Random(SEED);
    long expected = 0;
    long answered = 0;
    long refused = 0;
    for (int i = 0; i < REQUESTS; i++) {
      // An interrupt takes its grace time; a few will do.
      int opcode = random.nextInt(HIGHEST_OPCODE);
      if (opcode == Opcode.INTERRUPT.number() && random.nextInt(1000) != 0) {
        opcode = Opcode.LOOKUP.number();
      }
      device.send(
          opcode, random.nextInt(4) == 0 ? random.nextLong() : random.nextInt(12), body(random));
      expected +=
          opcode == Opcode.FORGET.number() || opcode == Opcode.BATCH_FORGET.number() ? 0 : 1;
      if (i % PENDING == 0 || i == REQUESTS - 1) {
        while (answered < expected - (opcode == Opcode.INTERRUPT.number() ? PENDING : 0)) {
          ByteBuffer reply = device.reply();
          answered++;
          refused += FakeDevice.error(reply) < 0 ? 1 : 0;
          if (FakeDevice.error(reply) < -4095 || FakeDevice.error(reply) > 0) {
            throw new AssertionError("no errno: " + FakeDevice.error(reply));
          }
        }
      }
    }
    // A malformed interrupt has no answer, so a few may be missing at the very end.
    assertThat(refused).isBetween(REQUESTS / 10L, (long) REQUESTS);
    assertThat(answered - refused).isGreaterThan(REQUESTS / 100L);
    assertStillWorks(device);
    device.end();
    Awaitility.await().atMost(60, SECONDS).until(() -> device.closes.get() == 1);
    assertThat(session.isEnded()).isTrue();
  }

  @Test
  @Timeout(value = 60, unit = SECONDS)
  void whatHasNoHeaderIsDropped() throws Exception {
    FakeDevice device = new FakeDevice();
    Session session = new Session(device, new ToyTree().tree.sys(), "fuzz");
    session.start();
    device.sendRaw(new byte[] {1});
    device.sendRaw(new byte[FakeDevice.HEADER - 1]);
    assertStillWorks(device);
    device.end();
  }

  private static void assertStillWorks(FakeDevice device) throws InterruptedException {
    long unique = device.send(Opcode.GETATTR, NodeTable.ROOT, new byte[16]);
    ByteBuffer reply = device.reply();
    while (FakeDevice.unique(reply) != unique) {
      reply = device.reply();
    }
    assertThat(FakeDevice.error(reply)).isZero();
  }

  /** Random bytes; often with small numbers where handles and sizes are, or a name that exists. */
  private static byte[] body(Random random) {
    ByteBuffer body =
        ByteBuffer.allocate(random.nextInt(LONGEST_BODY)).order(ByteOrder.nativeOrder());
    random.nextBytes(body.array());
    if (random.nextBoolean() && body.capacity() >= 24) {
      body.putLong(random.nextInt(50)).putLong(random.nextInt(3)).putInt(random.nextInt(64));
    } else if (random.nextBoolean() && body.capacity() >= 16) {
      String[] names = ToyTree.NAMES;
      body.put(
          (names[random.nextInt(names.length)] + "\0")
              .getBytes(java.nio.charset.StandardCharsets.US_ASCII));
    }
    return body.array();
  }
}
