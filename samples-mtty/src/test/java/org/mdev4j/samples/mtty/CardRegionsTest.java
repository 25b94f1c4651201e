package org.mdev4j.samples.mtty;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.mdev4j.samples.mtty.OpenCard.CONFIG;
import static org.mdev4j.samples.mtty.OpenCard.at;
import static org.mdev4j.samples.mtty.UartBits.*;

import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.DeviceInfo;
import org.mdev4j.vfio.RegionInfo;

class CardRegionsTest {
  private final Machine machine = new Machine(Backend.LOOPBACK);

  @AfterEach
  void close() {
    machine.close();
  }

  static void refuses(Errno errno, ThrowingCallable request) {
    assertThatThrownBy(request)
        .isInstanceOfSatisfying(
            ErrnoException.class, refusal -> assertThat(refusal.errno()).isEqualTo(errno));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2})
  void infos(int ports) {
    try (OpenCard card = machine.card(ports)) {
      assertThat(card.file.info(16)).isEqualTo(new DeviceInfo(3, 9, 5));
      for (int index = 0; index < 9; index++) {
        RegionInfo info = card.file.regionInfo(32, index);
        int size = index == CONFIG ? 256 : index < ports ? 8 : 0;
        assertThat(info.size()).as("size of %d", index).isEqualTo(size);
        assertThat(info.flags()).isEqualTo(3);
        assertThat(info.offset()).isEqualTo(at(index, 0));
        assertThat(info.argsz()).isEqualTo(32);
      }
      refuses(Errno.EINVAL, () -> card.file.regionInfo(32, 9));
      refuses(Errno.EINVAL, () -> card.file.regionInfo(31, 0));
    }
  }

  @Test
  void onlyTheFirstByteOfAUnitCounts() {
    try (OpenCard card = machine.card(1)) {
      card.write(at(0, SCR), (byte) 0x5a);
      card.write(at(0, MCR), (byte) 0x03, (byte) 0xff);
      assertThat(card.in(0, MCR)).isEqualTo(0x03);
      assertThat(card.bytes(at(0, MCR), 4)).containsExactly(3, 0, 0, 0);
      assertThat(card.bytes(at(0, LCR), 1)).containsExactly(0);
      assertThat(card.bytes(at(0, SCR), 1)).containsExactly(0x5a);
    }
  }

  @Test
  void beyondTheRegistersThereAreZeros() {
    try (OpenCard card = machine.card(1)) {
      card.out(0, SCR, 0x5a);
      card.write(at(0, 0x1000F), (byte) 1, (byte) 2);
      assertThat(card.bytes(at(0, 8), 16)).containsOnly(0);
      assertThat(card.bytes(at(0, 0x10007), 1)).containsExactly(0);
      assertThat(card.in(0, SCR)).isEqualTo(0x5a);
    }
  }

  @Test
  void otherRegionsTakeNoAccess() {
    try (OpenCard card = machine.card(1)) {
      for (int index : new int[] {1, 2, 5, 6, 8, 9, 20}) {
        refuses(Errno.EFAULT, () -> card.bytes(at(index, 0), 1));
        refuses(Errno.EFAULT, () -> card.write(at(index, 0), (byte) 0));
      }
      refuses(Errno.EFAULT, () -> card.bytes(at(CONFIG, 255), 2));
      refuses(Errno.EINVAL, () -> card.file.map(at(0, 0), 4096, true));
    }
  }

  @Test
  void portsAreIndependent() {
    try (OpenCard card = machine.card(2)) {
      card.out(0, SCR, 1);
      card.out(1, SCR, 2);
      card.out(0, LCR, 3);
      card.out(0, THR, 'a');

      assertThat(card.in(0, SCR)).isEqualTo(1);
      assertThat(card.in(1, SCR)).isEqualTo(2);
      assertThat(card.in(1, LCR)).isZero();
      assertThat(card.in(1, LSR)).isEqualTo(0x60);
      assertThat(card.in(0, RBR)).isEqualTo('a');
    }
  }

  @Test
  void initialModemInputsOfALoopbackAreReady() {
    try (OpenCard card = machine.card(2)) {
      assertThat(card.in(0, MSR)).isEqualTo(0xb0);
      assertThat(card.in(1, MSR)).isEqualTo(0xb0);
    }
  }

  @Test
  void theNextUserSeesNothingOfTheOneBefore() {
    String uuid = machine.create("mtty-2");
    byte[] fresh;
    try (OpenCard card = machine.open(uuid)) {
      fresh = registers(card);
      for (int port = 0; port < 2; port++) {
        card.out(port, FCR, 0xc1);
        card.out(port, IER, 0x0f);
        card.out(port, LCR, 3);
        card.out(port, MCR, 0x0f);
        card.out(port, SCR, 7);
        card.out(port, THR, 'x');
      }
      assertThat(machine.clock.timers()).isEqualTo(2);
    }
    assertThat(machine.clock.timers()).as("timers after close").isZero();
    try (OpenCard card = machine.open(uuid)) {
      assertThat(registers(card)).isEqualTo(fresh);
    }
  }

  private static byte[] registers(OpenCard card) {
    byte[] all = new byte[16];
    for (int i = 0; i < all.length; i++) {
      all[i] = (byte) card.in(i / 8, i % 8);
    }
    return all;
  }

  @Test
  void hasItsNameInTheTree() {
    String uuid = machine.create("mtty-1");
    assertThat(machine.read("/sys/bus/mdev/devices/" + uuid + "/vendor/sample_mdev_dev"))
        .isEqualTo("This is MDEV " + uuid);
  }
}
