package org.mdev4j.driver.ap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.ap.ApGuest;
import org.mdev4j.ap.ApMask;
import org.mdev4j.ap.ApMatrix;
import org.mdev4j.ap.Apqn;
import org.mdev4j.ap.GuestFeatures;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.sim.ap.Instruction;
import org.mdev4j.vfio.irq.EventCounter;
import org.mdev4j.vfio.irq.IrqSet;
import org.mdev4j.vfio.irq.TriggerFd;

@DisplayName("ap 9: a guest opens, uses and closes the device")
class GuestTest {
  private final Rig rig = new Rig().reserved();
  private final String a = rig.create(new int[] {5, 6}, new int[] {4, 0xab});
  private final ApGuest guest = rig.guest("g");

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  @DisplayName("9.1: EINVAL without a guest; EPERM for a second device of one guest")
  void open() {
    assertErrno(Errno.EINVAL, () -> rig.open(a, null));
    OpenMatrix first = rig.open(a, guest);
    String b = rig.create(new int[] {5}, new int[] {0x47});
    assertErrno(Errno.EPERM, () -> rig.open(b, guest));
    assertThat(guest.masks().aqm()).isEqualTo(ApMask.of(4, 0xab));
    ApGuest other = rig.guest("h");
    rig.open(b, other);
    assertThat(other.masks()).isEqualTo(ApMatrix.ofQueues(ApMask.of(5), ApMask.of(0x47)));
    first.close();
    rig.open(a, guest);
    assertThat(guest.loads()).isEqualTo(3);
  }

  @Test
  @DisplayName("9.1: a guest without a crypto control block opens it, and gets nothing")
  void withoutCrypto() {
    ApGuest plain = rig.panel.guest("plain", GuestFeatures.all().withoutCrypto());
    OpenMatrix open = rig.open(a, plain);
    assertThat(plain.masks().isEmpty()).isTrue();
    assertThat(rig.status("05.0004")).isEqualTo("assigned");
    open.close();
    assertThat(plain.loads()).isZero();
  }

  @Test
  @DisplayName("9.2, 5.5: close zeroes the guest's masks, resets all queues, keeps the device's")
  void closeResets() {
    String matrix = rig.show(a, "matrix");
    OpenMatrix open = rig.open(a, guest);
    assertThat(rig.status("05.0004")).isEqualTo("in use");
    assertThat(rig.status("05.0047")).isEqualTo("unassigned");
    open.close();
    assertThat(guest.masks()).isEqualTo(ApMatrix.EMPTY);
    for (Apqn apqn : ApMatrix.ofQueues(ApMask.of(5, 6), ApMask.of(4, 0xab)).queues()) {
      assertThat(rig.panel.issued(apqn, Instruction.ZAPQ)).isEqualTo(1);
      assertThat(rig.status(apqn.toString())).isEqualTo("assigned");
    }
    assertThat(rig.show(a, "matrix")).isEqualTo(matrix);
    assertThat(rig.show(a, "guest_matrix")).isEqualTo(matrix);
    guest.close();
  }

  @Test
  @DisplayName("9.3: flags 0x21, no regions, no interrupts; the rest is refused")
  void requests() {
    OpenMatrix open = rig.open(a, guest);
    assertThat(open.file.info(16).flags()).isEqualTo(0x21);
    assertThat(open.file.info(16).regions()).isZero();
    assertThat(open.file.info(16).irqs()).isZero();
    assertErrno(Errno.EINVAL, () -> open.file.info(15));
    assertErrno(Errno.EOPNOTSUPP, () -> open.file.regionInfo(32, 0));
    assertErrno(Errno.EOPNOTSUPP, () -> open.file.irqInfo(16, 0));
    assertErrno(Errno.EOPNOTSUPP, () -> open.file.setIrqs(irqs(IrqSet.DATA_NONE, List.of())));
    assertErrno(Errno.EOPNOTSUPP, () -> open.file.queryPlane(60, 4, 0));
    assertErrno(Errno.EOPNOTSUPP, () -> open.file.dmabuf(0));
    assertErrno(Errno.ENOTTY, () -> open.file.feature(8, 1, MemorySegment.NULL, null, null));
    MemorySegment bytes = MemorySegment.ofArray(new byte[4]);
    assertErrno(Errno.EINVAL, () -> open.file.read(0, bytes));
    assertErrno(Errno.EINVAL, () -> open.file.write(0, bytes));
    assertErrno(Errno.EINVAL, () -> open.file.map(0, 4096, true));
    open.file.reset();
    assertThat(rig.panel.issued(new Apqn(5, 4), Instruction.ZAPQ)).isEqualTo(1);
  }

  @Test
  @DisplayName("9.5: remove while open waits, and asks again; the guest keeps what it has")
  void removeWaits() throws Exception {
    OpenMatrix open = rig.open(a, guest);
    Thread remover = Thread.ofVirtual().start(() -> rig.remove(a));
    await().until(() -> !Files.exists(rig.host.path("/sys/bus/mdev/devices/" + a)));
    assertThat(remover.isAlive()).isTrue();
    assertThat(guest.nqap(new Apqn(5, 4), 1, new byte[1]).isNormal()).isTrue();
    open.close();
    remover.join();
    assertThat(rig.status("05.0004")).isEqualTo("unassigned");
    assertThat(guest.masks()).isEqualTo(ApMatrix.EMPTY);
  }

  @Test
  @DisplayName("9.5: by the other policy it is EBUSY")
  void removeRefused() {
    try (Rig old = new Rig(Map.of("remove_busy", "y")).reserved()) {
      String b = old.create();
      OpenMatrix open = old.open(b, old.guest("g"));
      assertThat(old.write(b, "remove", 1)).isEqualTo(Errno.EBUSY);
      open.close();
      old.remove(b);
    }
  }

  @Test
  @DisplayName("9.5 [L]: with request_irq an interrupt asks the user to let go")
  void requestInterrupt() throws Exception {
    try (Rig later = new Rig(Map.of("request_irq", "y")).reserved()) {
      String b = later.create();
      OpenMatrix open = later.open(b, later.guest("g"));
      assertThat(open.file.info(16).irqs()).isEqualTo(1);
      assertThat(open.file.irqInfo(16, 0).count()).isEqualTo(1);
      EventCounter trigger = new EventCounter();
      open.file.setIrqs(irqs(IrqSet.DATA_EVENTFD, List.of(() -> trigger)));
      Thread remover = Thread.ofVirtual().start(() -> later.remove(b));
      await().until(() -> trigger.peek() >= 1);
      await()
          .until(
              () -> {
                later.clock.manual.advance(Duration.ofSeconds(10));
                return trigger.peek() > 1;
              });
      open.close();
      remover.join();
    }
  }

  private static IrqSet irqs(int dataType, List<TriggerFd> triggers) {
    return new IrqSet(
        IrqSet.HEADER_SIZE + 4 * triggers.size(),
        IrqSet.ACTION_TRIGGER | dataType,
        0,
        0,
        triggers.size(),
        new byte[0],
        List.copyOf(triggers));
  }

  private static void assertErrno(Errno errno, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ErrnoException.class, refusal -> assertThat(refusal.errno()).isEqualTo(errno));
  }
}
