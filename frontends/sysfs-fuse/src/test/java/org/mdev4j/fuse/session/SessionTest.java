package org.mdev4j.fuse.session;

import static java.util.concurrent.TimeUnit.SECONDS;
import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.sysfs.Attribute;
import org.mdev4j.fuse.wire.Opcode;

/** The session against a kernel that a test plays. */
@Timeout(value = 120, unit = SECONDS)
class SessionTest {
  private static final int BODY = 16;
  private static final int READ_ONLY = 0;
  private static final int WRITE_ONLY = 1;

  private final FakeDevice device = new FakeDevice();
  private final ToyTree toy = new ToyTree();
  private final Session session = new Session(device, toy.tree.sys(), "test");

  @BeforeEach
  void start() {
    session.start();
  }

  @AfterEach
  void end() {
    toy.release.countDown();
    device.end();
    Awaitility.await().atMost(60, SECONDS).until(() -> device.closes.get() == 1);
  }

  @Test
  void initTakesWhatIsWantedOfWhatIsOffered() throws Exception {
    ByteBuffer in = body(64).putInt(7).putInt(45).putInt(131072).putInt(-1);
    ByteBuffer reply = call(Opcode.INIT, 0, in);
    assertThat(reply.capacity()).isEqualTo(BODY + 64);
    assertThat(reply.getInt(BODY)).isEqualTo(7);
    assertThat(reply.getInt(BODY + 4)).isEqualTo(38);
    assertThat(reply.getInt(BODY + 12)).isEqualTo(1 << 5 | 1 << 18 | 1 << 23);
    assertThat(reply.getInt(BODY + 20)).isEqualTo(8192);
    ByteBuffer old = body(64).putInt(7).putInt(22);
    assertThat(FakeDevice.error(call(Opcode.INIT, 0, old))).isEqualTo(-Errno.EPROTO.number());
  }

  @Test
  void anInterruptedStoreIsAnsweredOnceAndGoesOn() throws Exception {
    long node = find("devices", "toy", "hangs");
    long handle = open(node);
    long write = device.send(Opcode.WRITE, node, write(handle));
    Awaitility.await().atMost(60, SECONDS).until(() -> toy.hanging.get() == 1);
    device.send(Opcode.INTERRUPT, 0, body(8).putLong(write).array());
    ByteBuffer reply = device.reply();
    assertThat(FakeDevice.unique(reply)).isEqualTo(write);
    assertThat(FakeDevice.error(reply)).isEqualTo(-Errno.EINTR.number());
    toy.release.countDown();
    // Its own answer, if there were one, would come before this.
    Awaitility.await().atMost(60, SECONDS).until(() -> !session.nodes().get(node).isBusy());
    assertThat(FakeDevice.error(call(Opcode.GETATTR, 1, body(16)))).isZero();
    assertThat(device.waitingReplies()).isZero();
  }

  @Test
  void anInterruptOfWhatIsNotRunningIsToComeAgain() throws Exception {
    ByteBuffer reply = call(Opcode.INTERRUPT, 0, body(8).putLong(4711));
    assertThat(FakeDevice.error(reply)).isEqualTo(-Errno.EAGAIN.number());
  }

  @Test
  void manyBlockedStoresBlockNobody() throws Exception {
    for (int blocked = 1; blocked <= 50; blocked++) {
      // Each look-up gets a number of its own, since a store is in progress on the last one.
      long node = find("devices", "toy", "hangs");
      device.send(Opcode.WRITE, node, write(open(node)));
      int now = blocked;
      Awaitility.await().atMost(60, SECONDS).until(() -> toy.hanging.get() == now);
    }
    assertThat(FakeDevice.error(call(Opcode.GETATTR, 1, body(16)))).isZero();
    toy.release.countDown();
    for (int i = 0; i < 50; i++) {
      assertThat(FakeDevice.error(device.reply())).isZero();
    }
  }

  @Test
  void aBlockedShowBlocksNobody() throws Exception {
    toy.toy.addAttribute(Attribute.readOnly("waits", () -> toy.hang() + "shown"));
    long node = find("devices", "toy", "waits");
    long handle = call(Opcode.OPEN, node, body(8).putInt(READ_ONLY)).getLong(BODY);
    long read =
        device.send(Opcode.READ, node, body(40).putLong(handle).putLong(0).putInt(4096).array());
    Awaitility.await().atMost(60, SECONDS).until(() -> toy.hanging.get() == 1);
    assertThat(FakeDevice.error(call(Opcode.GETATTR, 1, body(16)))).isZero();
    toy.release.countDown();
    ByteBuffer reply = device.reply();
    assertThat(FakeDevice.unique(reply)).isEqualTo(read);
    assertThat(FakeDevice.error(reply)).isZero();
  }

  @Test
  void aRemovedNameIsToldIfTheKernelKnowsIt() throws Exception {
    toy.tree.listen(session);
    toy.toy.remove("both");
    assertThat(device.notifications).hasValue(0);
    find("devices", "toy", "shows");
    toy.toy.remove("shows");
    assertThat(device.notifications).hasValue(1);
    toy.tree.unlisten(session);
    toy.toy.remove("fails");
    assertThat(device.notifications).hasValue(1);
  }

  @Test
  void whatTheKernelForgetsIsForgotten() throws Exception {
    int before = session.nodes().size();
    long devices = find("devices");
    assertThat(find("devices")).isEqualTo(devices);
    assertThat(session.nodes().size()).isEqualTo(before + 1);
    device.send(Opcode.FORGET, devices, body(8).putLong(1).array());
    assertThat(FakeDevice.error(call(Opcode.GETATTR, devices, body(16)))).isZero();
    ByteBuffer batch = body(24).putInt(1).putInt(0).putLong(devices).putLong(1);
    device.send(Opcode.BATCH_FORGET, 0, batch.array());
    Awaitility.await().atMost(60, SECONDS).until(() -> session.nodes().size() == before);
    assertThat(find("devices")).isNotEqualTo(devices);
  }

  @Test
  void closedFilesAreClosed() throws Exception {
    long node = find("devices", "toy", "takes");
    long handle = open(node);
    assertThat(session.operations().openCount()).isOne();
    call(Opcode.RELEASE, node, body(24).putLong(handle));
    assertThat(session.operations().openCount()).isZero();
    ByteBuffer late = call(Opcode.WRITE, node, ByteBuffer.wrap(write(handle)));
    assertThat(FakeDevice.error(late)).isEqualTo(-Errno.EBADF.number());
  }

  private long find(String... names) throws InterruptedException {
    long at = NodeTable.ROOT;
    for (String name : names) {
      ByteBuffer reply =
          call(Opcode.LOOKUP, at, ByteBuffer.wrap((name + "\0").getBytes(StandardCharsets.UTF_8)));
      assertThat(FakeDevice.error(reply)).as(name).isZero();
      at = reply.getLong(BODY);
    }
    return at;
  }

  private long open(long node) throws InterruptedException {
    return call(Opcode.OPEN, node, body(8).putInt(WRITE_ONLY)).getLong(BODY);
  }

  private static byte[] write(long handle) {
    return body(41).putLong(handle).putLong(0).putInt(1).array();
  }

  private ByteBuffer call(Opcode opcode, long node, ByteBuffer body) throws InterruptedException {
    long unique = device.send(opcode, node, body.array());
    ByteBuffer reply = device.reply();
    assertThat(FakeDevice.unique(reply)).isEqualTo(unique);
    return reply;
  }

  private static ByteBuffer body(int size) {
    return ByteBuffer.allocate(size).order(ByteOrder.nativeOrder());
  }
}
