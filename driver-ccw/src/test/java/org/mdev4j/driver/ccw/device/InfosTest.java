package org.mdev4j.driver.ccw.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.driver.ccw.Refusal.refused;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.css.Ccw;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.driver.ccw.CcwHost;
import org.mdev4j.driver.ccw.CcwUser;
import org.mdev4j.vfio.DeviceInfo;
import org.mdev4j.vfio.RegionInfo;
import org.mdev4j.vfio.irq.EventCounter;
import org.mdev4j.vfio.irq.IrqIndex;
import org.mdev4j.vfio.irq.IrqSet;
import org.mdev4j.vfio.irq.TriggerFd;

@DisplayName("ccw 4.5, 5.2: what the device tells of itself, and its interrupts")
class InfosTest {
  private static final int NONE = IrqSet.DATA_NONE;
  private static final int BOOL = IrqSet.DATA_BOOL;
  private static final int EVENTFD = IrqSet.DATA_EVENTFD;
  private static final int TRIGGER = IrqSet.ACTION_TRIGGER;

  private final CcwHost host = new CcwHost();
  private final CcwUser user = host.open(2);

  @AfterEach
  void close() {
    user.close();
    host.close();
  }

  @Test
  @DisplayName("9.72 GET_INFO: RESET and CCW, 4 regions, 3 interrupts; argsz 15 is EINVAL")
  void info() {
    assertThat(user.file.info(16)).isEqualTo(new DeviceInfo(0x11, 4, 3));
    assertThat(user.file.info(-1)).isEqualTo(new DeviceInfo(0x11, 4, 3));
    refused(Errno.EINVAL, () -> user.file.info(15));
    refused(Errno.EINVAL, () -> user.file.info(0));
  }

  @ParameterizedTest(name = "region {0}")
  @CsvSource({"1, 8, B, 400", "2, 52, 9, 800", "3, 8, 9, C00"})
  @DisplayName("9.73 GET_REGION_INFO of the regions with a capability")
  void regionInfo(int index, int size, String flags, String offset) {
    RegionInfo small = user.file.regionInfo(32, index);
    assertThat(small.argsz()).isEqualTo(48);
    assertThat(small.capOffset()).isZero();
    assertThat(small.capabilities()).isEmpty();
    assertThat(user.file.regionInfo(47, index).argsz()).isEqualTo(48);
    RegionInfo whole = user.file.regionInfo(48, index);
    assertThat(whole.argsz()).isEqualTo(48);
    assertThat(whole.capOffset()).isEqualTo(32);
    for (RegionInfo info : List.of(small, whole)) {
      assertThat(info.flags()).isEqualTo(Integer.parseInt(flags, 16));
      assertThat(info.size()).isEqualTo(size);
      assertThat(info.offset()).isEqualTo(Long.parseLong(offset, 16));
    }
    assertThat(whole.capabilities())
        .as("id 2, version 1, no next, type 2, subtype; little-endian as the host")
        .isEqualTo(HexFormat.of().parseHex("0200010000000000020000000" + index + "000000"));
  }

  @Test
  @DisplayName("9.73 GET_REGION_INFO of the I/O region; what there is not is EINVAL")
  void otherRegions() {
    RegionInfo io = user.file.regionInfo(32, 0);
    assertThat(io.argsz()).isEqualTo(32);
    assertThat(io.flags()).isEqualTo(3);
    assertThat(io.size()).isEqualTo(124);
    assertThat(io.offset()).isZero();
    assertThat(io.capOffset()).isZero();
    for (int index : new int[] {4, 9, -1, Integer.MIN_VALUE}) {
      refused(Errno.EINVAL, () -> user.file.regionInfo(48, index));
    }
    refused(Errno.EINVAL, () -> user.file.regionInfo(31, 1));
  }

  @Test
  @DisplayName("4.1 nothing can be mapped")
  void noMapping() {
    for (long at : new long[] {0, 0x400, 0x800, 0xC00}) {
      refused(Errno.EINVAL, () -> user.file.map(at, 4096, true));
    }
  }

  @Test
  @DisplayName("9.74 GET_IRQ_INFO: one each, by eventfd; index 3 is EINVAL")
  void irqInfo() {
    for (int index = 0; index < 3; index++) {
      IrqIndex info = user.file.irqInfo(16, index);
      assertThat(info.count()).isOne();
      assertThat(info.flags()).isEqualTo(IrqIndex.EVENTFD);
    }
    refused(Errno.EINVAL, () -> user.file.irqInfo(16, 3));
    refused(Errno.EINVAL, () -> user.file.irqInfo(16, -1));
    refused(Errno.EINVAL, () -> user.file.irqInfo(15, 0));
  }

  @ParameterizedTest(name = "argsz {0}, flags {1}, index {2}, start {3}, count {4}")
  @CsvSource({
    "19, 21, 0, 0, 1",
    "20, 21, 3, 0, 1",
    "20, 21, -1, 0, 1",
    "20, 21, 0, 0, -1",
    "20, 21, 0, 1, -2",
    "20, 61, 0, 0, 1",
    "20, 80000021, 0, 0, 1",
    "20, 21, 0, 1, 0",
    "20, 21, 0, 1, 1",
    "20, 21, 0, 0, 2",
    "20, 20, 0, 0, 1",
    "24, 23, 0, 0, 1",
    "24, 25, 0, 0, 1",
    "24, 26, 0, 0, 1",
    "24, 27, 0, 0, 1",
    "20, 22, 0, 0, 1",
    "23, 24, 0, 0, 1",
    "20, 01, 0, 0, 1",
    "21, 0A, 0, 0, 1",
    "24, 14, 0, 0, 1",
    "20, 19, 0, 0, 1",
    "21, 22, 0, 0, 0",
    "24, 24, 0, 0, 0",
  })
  @DisplayName("9.75 what SET_IRQS does not take is EINVAL, and changes nothing")
  void refusedSets(int argsz, String flags, int index, int start, int count) {
    int bits = Integer.parseUnsignedInt(flags, 16);
    refused(Errno.EINVAL, () -> set(argsz, bits, index, start, count, EventCounter::new));
    var _ = user.run(new Ccw(0x03, 0, 0, 0));
    assertThat(user.io.take()).as("taken by the run").isZero();
  }

  @Test
  @DisplayName("9.75 a bad descriptor: EINVAL for -2 and for what is no eventfd, EBADF")
  void badDescriptors() {
    for (Errno errno : List.of(Errno.EINVAL, Errno.EBADF)) {
      TriggerFd bad =
          () -> {
            throw new ErrnoException(errno, "descriptor -2");
          };
      refused(errno, () -> set(24, EVENTFD | TRIGGER, 0, 0, 1, bad));
      var _ = user.run(new Ccw(0x03, 0, 0, 0));
    }
  }

  @ParameterizedTest(name = "interrupt {0}")
  @ValueSource(ints = {0, 1, 2})
  @DisplayName("9.75 NONE and BOOL trigger by hand, -1 detaches, other actions are passed over")
  void byHand(int index) {
    EventCounter eventfd = List.of(user.io, user.crw, user.req).get(index);
    set(20, NONE | TRIGGER, index, 0, 1, null);
    assertThat(eventfd.take()).isOne();
    set(20, NONE | TRIGGER, index, 0, 0, null);
    assertThat(eventfd.take()).as("count 0, as recorded").isOne();
    set(20, NONE | TRIGGER | IrqSet.ACTION_MASK | IrqSet.ACTION_UNMASK, index, 0, 1, null);
    assertThat(eventfd.take()).isOne();
    bool(index, 1);
    assertThat(eventfd.take()).isOne();
    bool(index, 0);
    assertThat(eventfd.take()).isZero();

    user.trigger(index, null);
    set(20, NONE | TRIGGER, index, 0, 1, null);
    bool(index, 1);
    assertThat(eventfd.take()).as("detached").isZero();
    EventCounter other = new EventCounter();
    user.trigger(index, other);
    set(20, NONE | TRIGGER, index, 0, 1, null);
    assertThat(other.take()).isOne();
    assertThat(eventfd.take()).isZero();
  }

  @Test
  @DisplayName("9.75 a program without an eventfd ends as well")
  void noEventfd() {
    user.trigger(0, null);
    user.program(CcwUser.IOVA, new Ccw(0x03, 0, 0, 0));
    user.start(CcwUser.orb(CcwUser.IOVA));
    host.awaitNothingPinned();
    assertThat(user.irb().scsw().deviceStatus()).isEqualTo(0x0C);
    assertThat(user.io.take()).isZero();
  }

  @Test
  @DisplayName("9.76 an unknown request is ENOTTY")
  void unknownRequest() {
    assertThat(user.file.unknownRequest(0x3B77).errno()).isEqualTo(Errno.ENOTTY);
    refused(Errno.ENOTTY, () -> user.file.queryPlane(60, 4, 1));
    refused(Errno.ENOTTY, () -> user.file.dmabuf(0));
    assertThat(user.file.seek().errno()).isEqualTo(Errno.ESPIPE);
  }

  private void bool(int index, int value) {
    user.file.setIrqs(
        new IrqSet(21, BOOL | TRIGGER, index, 0, 1, new byte[] {(byte) value}, List.of()));
  }

  private void set(int argsz, int flags, int index, int start, int count, TriggerFd trigger) {
    int elements = Math.clamp(count, 0, 2);
    user.file.setIrqs(
        new IrqSet(
            argsz,
            flags,
            index,
            start,
            count,
            new byte[elements],
            new ArrayList<>(Collections.nCopies(elements, trigger))));
  }
}
