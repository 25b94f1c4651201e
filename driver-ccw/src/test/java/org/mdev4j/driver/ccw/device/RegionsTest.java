package org.mdev4j.driver.ccw.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mdev4j.driver.ccw.CcwUser.COMMAND;
import static org.mdev4j.driver.ccw.CcwUser.CRW;
import static org.mdev4j.driver.ccw.CcwUser.IO;
import static org.mdev4j.driver.ccw.CcwUser.IOVA;
import static org.mdev4j.driver.ccw.CcwUser.IO_SIZE;
import static org.mdev4j.driver.ccw.CcwUser.SCHIB;
import static org.mdev4j.driver.ccw.CcwUser.orb;
import static org.mdev4j.driver.ccw.Refusal.refused;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.Schib;
import org.mdev4j.css.Scsw;
import org.mdev4j.css.layout.BigEndian;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.driver.ccw.CcwHost;
import org.mdev4j.driver.ccw.CcwUser;
import org.mdev4j.sim.css.HoldPoint;
import org.mdev4j.vfio.model.UserBuffer;

@DisplayName("ccw 4.1 to 4.4: the four regions")
class RegionsTest {
  private static final int DEVICE = 0x0200;
  private static final int PATH = 0x20;
  private static final int LOST = 0x0406_0000 | PATH;
  private static final int BACK = 0x0402_0000 | PATH;

  private final CcwHost host = new CcwHost();
  private final CcwUser user = host.open(2);

  @BeforeEach
  void nop() {
    user.program(IOVA, new Ccw(0x03, 0, 0, 0));
    var _ = host.trace();
  }

  @AfterEach
  void close() {
    user.close();
    host.close();
  }

  @Test
  @DisplayName("9.65 offsets 000, 400, 800 and C00 are regions 0 to 3")
  void offsets() {
    byte[] request = CcwUser.request(orb(IOVA), 0);
    user.write(IO, request);
    assertThat(user.read(IO, 24)).isEqualTo(Arrays.copyOf(request, 24));
    refused(Errno.EINVAL, () -> user.command(7));
    assertThat(user.read(COMMAND, 8)).containsExactly(0, 0, 0, 7, 0xFF, 0xFF, 0xFF, 0xEA);
    assertThat(user.schib().pmcw().deviceNumber()).isEqualTo(DEVICE);
    assertThat(user.read(CRW, 8)).containsOnly(0);
  }

  @ParameterizedTest(name = "offset {0}")
  @ValueSource(strings = {"1000", "13FF", "40000000000", "40000000800", "FFFFFFFFFFFFFFFF"})
  @DisplayName("9.65 there is nothing beyond, also where the kernel's index overflows")
  void noRegion(String offset) {
    long at = Long.parseUnsignedLong(offset, 16);
    refused(Errno.EINVAL, () -> user.read(at, 4));
    refused(Errno.EINVAL, () -> user.write(at, new byte[4]));
    refused(Errno.EINVAL, () -> user.read(at, 0));
  }

  @ParameterizedTest(name = "region {0} of {1} bytes")
  @CsvSource({"000, 124", "400, 8", "800, 52", "C00, 8"})
  @DisplayName("9.66 any part of a region can be read, and no byte behind it")
  void bounds(String region, int size) {
    long at = Long.parseLong(region, 16);
    assertThat(user.read(at, size)).hasSize(size);
    assertThat(user.read(at + size - 4, 4)).hasSize(4);
    assertThat(user.read(at + 3, 2)).hasSize(2);
    assertThat(user.read(at + size, 0)).isEmpty();
    refused(Errno.EINVAL, () -> user.read(at, size + 1));
    refused(Errno.EINVAL, () -> user.read(at + size - 4, 5));
    refused(Errno.EINVAL, () -> user.read(at + size + 1, 0));
    refused(Errno.EINVAL, () -> user.read(at + 0x3FF, 2));
    refused(Errno.EINVAL, () -> user.write(at + size - 4, new byte[5]));
  }

  @Test
  @DisplayName("9.67 what a user writes as return code never comes back")
  void returnCode() {
    for (int code : new int[] {5, 65536, -22, -1}) {
      byte[] bytes = new byte[4];
      BigEndian.word(MemorySegment.ofArray(bytes), 0, code);
      assertThat(user.write(IO + 120, bytes)).isEqualTo(4);
      assertThat(user.returnCode()).isZero();
      byte[] request = CcwUser.request(orb(IOVA), 0);
      System.arraycopy(bytes, 0, request, 120, 4);
      assertThat(user.write(IO, request)).as("a write without a function").isEqualTo(IO_SIZE);
      assertThat(user.returnCode()).isZero();
      assertThat(user.write(COMMAND + 4, bytes)).isEqualTo(4);
      assertThat(user.read(COMMAND + 4, 4)).containsOnly(0);
    }
  }

  @Test
  @DisplayName("9.67 the code of a refusal stays until the next write")
  void refusalStays() {
    refused(Errno.EOPNOTSUPP, () -> user.write(IO, CcwUser.request(orb(IOVA), Scsw.HALT)));
    assertThat(user.returnCode()).isEqualTo(-Errno.EOPNOTSUPP.number());
    assertThat(user.read(IO, 24)).as("what was asked for stays").startsWith(0x11, 0x22);
    user.start(orb(IOVA));
    assertThat(user.returnCode()).isZero();
    var _ = user.awaitIrb();
  }

  @Test
  @DisplayName("9.68 a write of one byte of the request makes it, with all that the region holds")
  void oneByte() {
    user.start(orb(IOVA));
    var _ = user.awaitIrb();
    for (int at = 0; at < IoArea.REQUEST_END; at++) {
      var _ = host.trace();
      byte same = user.read(IO + at, 1)[0];
      assertThat(user.write(IO + at, same)).isOne();
      var _ = user.awaitIrb();
      assertThat(host.trace()).containsOnlyOnce("IO_REQ in IDLE");
    }
  }

  @Test
  @DisplayName("9.68 a write of nothing, or of what is no request, makes none")
  void noRequest() {
    user.start(orb(IOVA));
    var _ = user.awaitIrb();
    refused(Errno.EINVAL, () -> user.command(3));
    var _ = host.trace();
    for (int at = 0; at <= IO_SIZE; at++) {
      assertThat(user.write(IO + at)).isZero();
    }
    for (int at = IoArea.REQUEST_END; at < IO_SIZE; at++) {
      assertThat(user.write(IO + at, (byte) 1)).isOne();
    }
    assertThat(user.write(COMMAND)).isZero();
    assertThat(user.write(COMMAND + 4, (byte) 1)).isOne();
    assertThat(host.trace()).isEmpty();
    assertThat(user.io.take()).isZero();
  }

  @Test
  @DisplayName("9.68 one byte of the command region makes a request of what is there")
  void oneByteOfCommand() {
    user.write(COMMAND + 3, (byte) 1);
    assertThat(user.awaitIrb().scsw().has(Scsw.HALT)).isTrue();
    assertThat(host.trace()).startsWith("ASYNC_REQ in IDLE");
  }

  @Test
  @DisplayName("9.69 while a write waits for its buffer others are EAGAIN, and reads wait")
  void writesExclude() {
    SlowBuffer slow = new SlowBuffer(CcwUser.request(orb(IOVA), Scsw.START));
    CompletableFuture<Long> writing =
        CompletableFuture.supplyAsync(() -> user.file.write(IO, slow), Thread::startVirtualThread);
    slow.awaitAsked();

    refused(Errno.EAGAIN, () -> user.start(orb(IOVA)));
    refused(Errno.EAGAIN, user::halt);
    refused(Errno.EINVAL, () -> user.write(SCHIB, new byte[4]));
    assertThat(user.write(IO)).as("a write of nothing needs no turn").isZero();
    AtomicReference<Thread> reader = new AtomicReference<>();
    CompletableFuture<byte[]> reading =
        CompletableFuture.supplyAsync(
            () -> {
              reader.set(Thread.currentThread());
              return user.read(IO, 24);
            },
            Thread::startVirtualThread);
    await()
        .atMost(CcwHost.LIMIT)
        .until(() -> reader.get() != null && reader.get().getState() == Thread.State.WAITING);
    assertThat(reading).isNotDone();
    assertThat(user.file.info(16).regions()).as("infos wait for nobody").isEqualTo(4);

    slow.arrive();
    assertThat(writing.orTimeout(30, TimeUnit.SECONDS).join()).isEqualTo(IO_SIZE);
    assertThat(reading.orTimeout(30, TimeUnit.SECONDS).join()).startsWith(0x11, 0x22, 0x33, 0x44);
    var _ = user.awaitIrb();
    assertThat(host.trace()).containsExactly("IO_REQ in IDLE", "INTERRUPT in CP_PENDING");
  }

  @Test
  @DisplayName("4.3 a buffer that is not there is EFAULT, and starts nothing")
  void badBuffer() {
    refused(Errno.EFAULT, () -> user.file.write(IO, UserBuffer.bad(IO_SIZE)));
    refused(Errno.EFAULT, () -> user.file.read(IO, UserBuffer.bad(IO_SIZE)));
    refused(Errno.EFAULT, () -> user.file.read(SCHIB, UserBuffer.bad(52)));
    assertThat(host.trace()).isEmpty();
    user.start(orb(IOVA));
    assertThat(user.awaitIrb().scsw().deviceStatus()).isEqualTo(0x0C);
  }

  @Test
  @DisplayName("9.70 the SCHIB is live: the path last used, what goes on now")
  void schib() {
    user.clear();
    var _ = user.awaitIrb();
    assertThat(user.schib().pmcw().lpum()).as("forgotten by the clear").isZero();
    user.start(orb(IOVA));
    var _ = user.awaitIrb();
    assertThat(user.schib().pmcw().lpum()).isEqualTo(0x80);
    host.panel().device(DEVICE).hold(HoldPoint.COMMAND);
    user.start(orb(IOVA));
    host.css().settle();
    Schib schib = user.schib();
    assertThat(schib.scsw().has(Scsw.START | Scsw.SUBCHANNEL_ACTIVE | Scsw.DEVICE_ACTIVE)).isTrue();
    assertThat(user.read(SCHIB + 4, 2)).as("a part of it").isEqualTo(flags(schib));
    host.panel().device(DEVICE).release();
    var _ = user.awaitIrb();
  }

  @Test
  @DisplayName("9.70 the SCHIB can't be written; of a subchannel that is gone it is ENODEV")
  void noSchib() {
    refused(Errno.EINVAL, () -> user.write(SCHIB, new byte[52]));
    refused(Errno.EINVAL, () -> user.write(SCHIB, new byte[0]));
    host.panel().unplug(DEVICE);
    refused(Errno.ENODEV, user::schib);
  }

  @Test
  @DisplayName("9.71 channel reports come in their order, then 0; a byte of one takes it")
  void reports() throws InterruptedException {
    lose();
    assertThat(user.crw.await(CcwHost.LIMIT)).isTrue();
    bring();
    host.css().settle();
    lose();
    host.css().settle();
    assertThat(user.readCrw()).isEqualTo(LOST);
    assertThat(user.read(CRW + 3, 1)).containsExactly(PATH);
    assertThat(user.read(CRW, 4)).containsExactly(0x04, 0x06, 0, PATH);
    assertThat(user.readCrw()).isZero();
    assertThat(user.read(CRW, 8)).as("padding").containsOnly(0);
  }

  @Test
  @DisplayName("9.71 a read that leaves reports signals again, the last one does not")
  void signalsAgain() {
    lose();
    bring();
    await().atMost(CcwHost.LIMIT).until(() -> user.crw.peek() == 2);
    user.crw.take();
    assertThat(user.readCrw()).isEqualTo(LOST);
    assertThat(user.crw.take()).isOne();
    assertThat(user.readCrw()).isEqualTo(BACK);
    assertThat(user.crw.take()).isZero();
    assertThat(user.readCrw()).isZero();
    assertThat(user.crw.take()).isZero();
  }

  @Test
  @DisplayName("9.71 unlike in the kernel, a read that gets no byte of a report loses none")
  void losesNoReport() {
    lose();
    await().atMost(CcwHost.LIMIT).until(() -> user.crw.take() > 0);
    refused(Errno.EFAULT, () -> user.file.read(CRW, UserBuffer.bad(8)));
    refused(Errno.EINVAL, () -> user.read(CRW, 9));
    assertThat(user.read(CRW, 0)).isEmpty();
    assertThat(user.read(CRW + 4, 4)).containsOnly(0);
    assertThat(user.readCrw()).isEqualTo(LOST);
  }

  @Test
  @DisplayName("9.71 the crw region can't be written")
  void crwIsReadOnly() {
    refused(Errno.EINVAL, () -> user.write(CRW, new byte[4]));
    refused(Errno.EINVAL, () -> user.write(CRW, new byte[0]));
  }

  private void lose() {
    host.panel().configurePath(PATH, false);
  }

  private void bring() {
    host.panel().configurePath(PATH, true);
  }

  private static byte[] flags(Schib schib) {
    return Arrays.copyOfRange(schib.bytes(), 4, 6);
  }
}
