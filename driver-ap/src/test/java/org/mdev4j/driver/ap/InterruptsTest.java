package org.mdev4j.driver.ap;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.ap.ApGuest;
import org.mdev4j.ap.ApStatus;
import org.mdev4j.ap.Apqn;
import org.mdev4j.ap.GuestFeatures;
import org.mdev4j.ap.ResponseCode;
import org.mdev4j.sim.ap.Instruction;

@DisplayName("ap 11: AQIC")
class InterruptsTest {
  private static final Apqn QUEUE = new Apqn(5, 4);
  private static final long NIB = OpenMatrix.MEMORY + 0x123;
  private static final int ISC = 3;

  private final Rig rig = new Rig().reserved();
  private final String a = rig.create(new int[] {5}, new int[] {4});
  private final ApGuest guest = rig.guest("g");
  private final OpenMatrix open = rig.open(a, guest);

  @AfterEach
  void close() {
    rig.close();
    assertThat(guest.iscReferences()).isZero();
  }

  @Test
  @DisplayName("11.4: NIB 0, no memory: 06; nothing stays")
  void badNib() {
    assertThat(enable(0)).isEqualTo(ResponseCode.INVALID_ADDRESS);
    assertThat(enable(0x7000_0000L)).isEqualTo(ResponseCode.INVALID_ADDRESS);
    holdsNothing();
  }

  @Test
  @DisplayName("11.4: a subclass that can't be registered: 08, and the page is unpinned")
  void noGisa() {
    open.close();
    ApGuest without = rig.panel.guest("w", GuestFeatures.all().withoutGisa());
    OpenMatrix again = rig.open(a, without);
    assertThat(without.aqic(QUEUE, true, ISC, NIB).response()).isEqualTo(ResponseCode.INVALID_GISA);
    assertThat(again.pinnedPages()).isZero();
  }

  @Test
  @DisplayName("11.4, 11.6: enabled, a reply sets the NIB and makes the subclass pending")
  void delivery() {
    assertThat(enable(NIB)).isEqualTo(ResponseCode.NORMAL);
    assertThat(guest.iscReferences()).isEqualTo(1);
    assertThat(open.pinnedPages()).isEqualTo(1);
    assertThat(open.at(NIB)).isZero();
    exchange();
    assertThat(open.at(NIB)).isNotZero();
    assertThat(open.at(NIB - 1) + open.at(NIB + 1)).isZero();
    assertThat(guest.takeInterrupt(ISC)).isTrue();
    assertThat(disable()).isEqualTo(ResponseCode.NORMAL);
    holdsNothing();
    exchange();
    assertThat(guest.takeInterrupt(ISC)).isFalse();
  }

  @Test
  @DisplayName("11.4: a second enable replaces the first, once the guest has reset the queue")
  void replaced() {
    assertThat(enable(NIB)).isEqualTo(ResponseCode.NORMAL);
    assertThat(guest.rapq(QUEUE).isNormal()).isTrue();
    long second = NIB + 4096;
    assertThat(enable(second)).isEqualTo(ResponseCode.NORMAL);
    assertThat(guest.iscReferences()).isEqualTo(1);
    assertThat(open.pinnedPages()).isEqualTo(1);
    exchange();
    assertThat(open.at(second)).isNotZero();
    assertThat(open.at(NIB)).isZero();
  }

  @Test
  @DisplayName("11.4: 07 keeps the older setting")
  void otherwiseChanged() {
    assertThat(enable(NIB)).isEqualTo(ResponseCode.NORMAL);
    assertThat(enable(NIB + 4096)).isEqualTo(ResponseCode.OTHERWISE_CHANGED);
    assertThat(guest.iscReferences()).isEqualTo(1);
    assertThat(open.pinnedPages()).isEqualTo(1);
    exchange();
    assertThat(open.at(NIB)).isNotZero();
  }

  @Test
  @DisplayName("11.4 [Q]: any other answer disables, and neither old nor new stays")
  void otherAnswer() {
    assertThat(enable(NIB)).isEqualTo(ResponseCode.NORMAL);
    rig.panel.answerNext(QUEUE, Instruction.AQIC, ApStatus.of(ResponseCode.INVALID_ADDRESS));
    assertThat(enable(NIB + 4096)).isEqualTo(ResponseCode.INVALID_ADDRESS);
    holdsNothing();
  }

  @Test
  @DisplayName("11.5: 02 and 05 are tried six times, 20 ms apart; then everything is freed")
  void disableRetries() {
    assertThat(enable(NIB)).isEqualTo(ResponseCode.NORMAL);
    rig.clock.takeWaited();
    ApStatus busy = ApStatus.of(ResponseCode.BUSY);
    ApStatus resetting = ApStatus.of(ResponseCode.RESET_IN_PROGRESS);
    rig.panel.answerNext(QUEUE, Instruction.AQIC, busy, resetting);
    long issued = rig.panel.issued(QUEUE, Instruction.AQIC);
    assertThat(disable()).isEqualTo(ResponseCode.NORMAL);
    assertThat(rig.panel.issued(QUEUE, Instruction.AQIC) - issued).isEqualTo(3);
    assertThat(rig.clock.takeWaited()).isEqualTo(40);
    holdsNothing();
    assertThat(enable(NIB)).isEqualTo(ResponseCode.NORMAL);
    rig.panel.answerNext(QUEUE, Instruction.AQIC, busy, busy, busy, busy, busy, resetting);
    assertThat(disable()).isEqualTo(ResponseCode.RESET_IN_PROGRESS);
    assertThat(rig.clock.takeWaited()).isEqualTo(100);
    holdsNothing();
    for (ResponseCode code :
        new ResponseCode[] {
          ResponseCode.NOT_AVAILABLE, ResponseCode.DECONFIGURED, ResponseCode.INVALID_DOMAIN
        }) {
      rig.panel.answerNext(QUEUE, Instruction.AQIC, ApStatus.of(code));
      assertThat(disable()).isEqualTo(code);
      assertThat(rig.clock.takeWaited()).isZero();
    }
  }

  @Test
  @DisplayName("11.5: disabling waits until TAPQ shows it")
  void disableWaits() {
    assertThat(enable(NIB)).isEqualTo(ResponseCode.NORMAL);
    rig.panel.setTimes(Duration.ZERO, Duration.ZERO, Duration.ofMillis(50));
    rig.clock.takeWaited();
    assertThat(disable()).isEqualTo(ResponseCode.NORMAL);
    assertThat(rig.clock.takeWaited()).isEqualTo(60);
    holdsNothing();
  }

  @Test
  @DisplayName("9.4 [L]: unmapping the NIB's memory disables, unpins and unregisters")
  void unmapped() {
    assertThat(enable(NIB)).isEqualTo(ResponseCode.NORMAL);
    open.unmap();
    holdsNothing();
    assertThat(guest.tapq(QUEUE).status().has(ApStatus.INTERRUPTS)).isFalse();
  }

  @Test
  @DisplayName("11.3: a queue that is not in the table, or no device: 01")
  void notThere() {
    assertThat(guest.aqic(new Apqn(6, 4), true, ISC, NIB).response())
        .isEqualTo(ResponseCode.NOT_AVAILABLE);
    open.close();
    assertThat(enable(NIB)).isEqualTo(ResponseCode.NOT_AVAILABLE);
  }

  @Test
  @DisplayName("11.3: the test is the table: a bound queue of a filtered adapter is found")
  void filteredQueue() {
    rig.must(a, "assign_domain", 0xab);
    rig.must(Rig.BUS + "drivers/vfio_ap/unbind", "05.00ab");
    assertThat(rig.show(a, "guest_matrix")).isEqualTo(".0004/.00ab/");
    assertThat(enable(NIB)).isEqualTo(ResponseCode.NORMAL);
  }

  @Test
  @DisplayName("10: close, reset, unassign, unbind and loss of the card give everything back")
  void givenBack() {
    assertThat(enable(NIB)).isEqualTo(ResponseCode.NORMAL);
    open.file.reset();
    holdsNothing();
    assertThat(enable(NIB)).isEqualTo(ResponseCode.NORMAL);
    rig.must(a, "unassign_domain", 4);
    holdsNothing();
    rig.must(a, "assign_domain", 4);
    assertThat(enable(NIB)).isEqualTo(ResponseCode.NORMAL);
    rig.must(Rig.BUS + "drivers/vfio_ap/unbind", "05.0004");
    holdsNothing();
    rig.must(Rig.BUS + "drivers/vfio_ap/bind", "05.0004");
    assertThat(enable(NIB)).isEqualTo(ResponseCode.NORMAL);
    rig.must("/sys/kernel/debug/ap/adapters", "-5");
    holdsNothing();
    rig.must("/sys/kernel/debug/ap/adapters", "+5");
    assertThat(enable(NIB)).isEqualTo(ResponseCode.NORMAL);
    open.close();
    assertThat(guest.iscReferences()).isZero();
  }

  private void holdsNothing() {
    assertThat(guest.iscReferences()).isZero();
    assertThat(open.pinnedPages()).isZero();
  }

  private ResponseCode enable(long nib) {
    return guest.aqic(QUEUE, true, ISC, nib).response();
  }

  private ResponseCode disable() {
    return guest.aqic(QUEUE, false, ISC, 0).response();
  }

  private void exchange() {
    assertThat(guest.nqap(QUEUE, 1, new byte[] {0, 1}).isNormal()).isTrue();
    rig.panel.settle();
    assertThat(guest.dqap(QUEUE, 10).data()).isEqualTo(new byte[] {0, 1});
  }
}
