package org.mdev4j.vfiouser.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfiouser.raw.RawClient.irqSet;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.mdev4j.vfiouser.raw.Bytes;
import org.mdev4j.vfiouser.raw.C;

@DisplayName("spec/vfio-user.md 5.7 Set irqs, 5.8 Trigger")
class IrqConformanceTest extends ServedTest {
  private static final int SET = 8;
  private static final int NONE_TRIGGER = 0x21;
  private static final int BOOL_TRIGGER = 0x22;
  private static final int FD_TRIGGER = 0x24;
  private static final int MSIX = ServedDevice.MSIX;
  private static final int REQ = ServedDevice.REQ;

  private final List<Integer> eventfds = new ArrayList<>();

  @AfterEach
  @Override
  void leaveNothing() {
    eventfds.forEach(C::close);
    eventfds.clear();
    super.leaveNothing();
  }

  private int eventfd(int count) {
    int fd = C.eventfd(count);
    eventfds.add(fd);
    return fd;
  }

  @ParameterizedTest
  @CsvSource({
    "0x21,5,0,0",
    "0x39,2,0,1",
    "0x23,2,0,1",
    "0x21,2,2047,2",
    "0x21,2,2049,1",
    "0x24,2,0,0xffffffff",
    "0x24,2,1,0xffffffff",
    "0x09,3,0,1",
    "0x09,4,0,1",
    "0x21,3,0,2",
    "0x21,4,0,2",
    "0x21,2,1,0",
    "0x09,2,0,0",
    "0x22,2,0,0",
    "0x24,2,0,0",
    "0x20,2,0,1",
    "0x01,2,0,1",
    "0x121,2,0,1",
    "0x21,1,0,0"
  })
  void refused(String flags, String index, String start, String count) {
    byte[] request =
        irqSet(
            Integer.decode(flags), Integer.decode(index), Long.decode(start), Long.decode(count));
    assertThat(client.errno(SET, request)).isEqualTo(EINVAL);
  }

  @Test
  void tooSmall() {
    assertThat(client.errno(SET, Bytes.ints(20, 0x21).array())).isEqualTo(EINVAL);
    assertThat(client.errno(SET, Bytes.ints(3, 0x21, 4, 0, 0).array())).isEqualTo(EINVAL);
  }

  @Test
  void descriptorsThatDoNotFit() {
    int fd = eventfd(0);
    assertThat(client.errno(SET, irqSet(BOOL_TRIGGER, MSIX, 0, 1, (byte) 1), fd)).isEqualTo(EINVAL);
    assertThat(client.errno(SET, irqSet(NONE_TRIGGER, MSIX, 0, 1), fd)).isEqualTo(EINVAL);
    assertThat(client.errno(SET, irqSet(FD_TRIGGER, MSIX, 0, 2), fd)).isEqualTo(EINVAL);
    assertThat(client.errno(SET, irqSet(BOOL_TRIGGER, MSIX, 0, 2, (byte) 1))).isEqualTo(EINVAL);
    byte[] three = {1, 1, 1};
    assertThat(client.errno(SET, irqSet(BOOL_TRIGGER, MSIX, 0, 2, three))).isEqualTo(EINVAL);
  }

  @Test
  void whatIsNoEventfd() {
    int[] pipe = C.pipe();
    assertThat(client.errno(SET, irqSet(FD_TRIGGER, MSIX, 0, 2), eventfd(0), pipe[1]))
        .isEqualTo(EINVAL);
    C.close(pipe[0]);
    C.close(pipe[1]);
    assertThat(device.context().interrupts().signal(MSIX, 0)).as("nothing was set").isFalse();
  }

  @Test
  @DisplayName("an eventfd that would block a writer, filled up, does not hold the device up")
  void blockingEventfd() {
    int fd = C.blockingEventfd();
    eventfds.add(fd);
    assertThat(client.errno(SET, irqSet(FD_TRIGGER, MSIX, 0, 1), fd)).isZero();
    C.add(fd, -2L);
    assertThat(device.context().interrupts().signal(MSIX, 0)).isTrue();
    assertThat(C.take(fd)).isEqualTo(-2L);
  }

  @Test
  void disablingWhatIsNotSet() {
    assertThat(client.errno(SET, irqSet(NONE_TRIGGER, REQ, 0, 0))).isZero();
    assertThat(client.errno(SET, irqSet(FD_TRIGGER, REQ, 0, 1))).isZero();
  }

  @Test
  void setAndReplace() {
    int before = C.openFiles().size();
    int first = eventfd(0);
    int second = eventfd(0);
    assertThat(client.errno(SET, irqSet(FD_TRIGGER, MSIX, 0, 1), first)).isZero();
    assertThat(client.errno(SET, irqSet(FD_TRIGGER, MSIX, 0, 1), second)).isZero();
    var _ = device.context().interrupts().signal(MSIX, 0);
    assertThat(C.take(first)).isZero();
    assertThat(C.take(second)).isEqualTo(1);
    assertThat(client.errno(SET, irqSet(FD_TRIGGER, MSIX, 0, 1))).isZero();
    assertThat(C.openFiles()).as("the server has closed both").hasSize(before + 2);
  }

  @Test
  void triggeredByMessage() {
    int first = eventfd(4);
    int second = eventfd(8);
    assertThat(client.errno(SET, irqSet(FD_TRIGGER, MSIX, 0, 2), first, second)).isZero();
    assertThat(client.errno(SET, irqSet(NONE_TRIGGER, MSIX, 1, 1))).isZero();
    assertThat(C.take(first)).isEqualTo(4);
    assertThat(C.take(second)).isEqualTo(9);
    C.add(first, 4);
    C.add(second, 8);
    assertThat(client.errno(SET, irqSet(BOOL_TRIGGER, MSIX, 0, 2, (byte) 0, (byte) 1))).isZero();
    assertThat(C.take(first)).isEqualTo(4);
    assertThat(C.take(second)).isEqualTo(9);
    assertThat(client.errno(SET, irqSet(NONE_TRIGGER, MSIX, 0, 0))).isZero();
    assertThat(device.context().interrupts().signal(MSIX, 0)).isFalse();
  }

  @Test
  @DisplayName("QEMU adds vectors one by one to an index that it has enabled")
  void vectorsOneByOne() {
    int fd = eventfd(0);
    assertThat(client.errno(SET, irqSet(FD_TRIGGER, MSIX, 0, 1))).isZero();
    assertThat(client.errno(SET, irqSet(FD_TRIGGER, MSIX, 7, 1), fd)).isZero();
    assertThat(device.context().interrupts().signal(MSIX, 7)).isTrue();
    assertThat(C.take(fd)).isEqualTo(1);
  }

  @Test
  @DisplayName("MASK and UNMASK reach the interrupt: a masked level waits, and comes when unmasked")
  void masking() {
    int fd = eventfd(0);
    assertThat(client.errno(SET, irqSet(FD_TRIGGER, 0, 0, 1), fd)).isZero();
    assertThat(client.errno(SET, irqSet(0x09, 0, 0, 1))).isZero();
    device.context().interrupts().line(true);
    assertThat(C.take(fd)).isZero();
    assertThat(client.errno(SET, irqSet(0x11, 0, 0, 1))).isZero();
    assertThat(C.take(fd)).isEqualTo(1);
    assertThat(client.errno(SET, irqSet(0x11, 0, 0, 1))).isZero();
    assertThat(C.take(fd)).as("still asserted, so once more").isEqualTo(1);
    device.context().interrupts().line(false);
    assertThat(client.errno(SET, irqSet(0x11, 0, 0, 1))).isZero();
    assertThat(C.take(fd)).isZero();
  }

  @Test
  @DisplayName("3.7 [own]: unmasking by an eventfd is ENOTTY, so that nothing gets lost")
  void unmaskingByEventfd() {
    int fd = eventfd(0);
    assertThat(client.errno(SET, irqSet(FD_TRIGGER, 0, 0, 1), fd)).isZero();
    assertThat(client.errno(SET, irqSet(0x14, 0, 0, 1), eventfd(0))).isEqualTo(25);
  }

  @Test
  @DisplayName("5.8: nothing set, beyond the table, and set")
  void triggeredByTheDevice() {
    var interrupts = device.context().interrupts();
    assertThat(interrupts.signal(MSIX, 0)).isFalse();
    assertThat(interrupts.signal(MSIX, 2048)).isFalse();
    int fd = eventfd(4);
    assertThat(client.errno(SET, irqSet(FD_TRIGGER, MSIX, 0, 1), fd)).isZero();
    assertThat(interrupts.signal(MSIX, 0)).isTrue();
    assertThat(C.take(fd)).isEqualTo(5);
  }
}
