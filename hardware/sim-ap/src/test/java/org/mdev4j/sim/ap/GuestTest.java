package org.mdev4j.sim.ap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.ap.ApGuest;
import org.mdev4j.ap.ApMask;
import org.mdev4j.ap.ApMatrix;
import org.mdev4j.ap.ApStatus;
import org.mdev4j.ap.Apqn;
import org.mdev4j.ap.AqicHook;
import org.mdev4j.ap.GuestFeatures;
import org.mdev4j.ap.PqapResult;
import org.mdev4j.ap.PqapResult.Kind;
import org.mdev4j.ap.ResponseCode;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

@DisplayName("ap 11: a guest's PQAP before and after the hook")
class GuestTest {
  private static final long AQIC = 3L << 24 | 0x0504;
  private static final long ENABLE = 1L << 47 | 3;

  private final Rig rig = new Rig();

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  @DisplayName("11.2, 11.3: the hook gets queue, IR, ISC and NIB; its response sets the code")
  void registers() {
    ApGuest guest = rig.guest();
    List<String> seen = new ArrayList<>();
    ResponseCode[] answer = {ResponseCode.NORMAL};
    assertThat(
            guest.installHook(
                (apqn, enable, isc, nib) -> {
                  seen.add(apqn + " " + enable + " " + isc + " " + nib);
                  return ApStatus.of(answer[0], ApStatus.EMPTY);
                }))
        .isTrue();
    PqapResult result = guest.pqap(AQIC, ENABLE, 0x1234, false);
    assertThat(seen).containsExactly("05.0004 true 3 4660");
    assertThat(result).isEqualTo(new PqapResult(Kind.DONE, 0, 0x80000000L));
    answer[0] = ResponseCode.BUSY;
    assertThat(guest.pqap(AQIC, 0, 0, false)).isEqualTo(new PqapResult(Kind.DONE, 3, 0x80050000L));
    assertThat(guest.aqic(new Apqn(5, 4), true, 2, 99).response()).isEqualTo(ResponseCode.BUSY);
    assertThat(seen).last().isEqualTo("05.0004 true 2 99");
  }

  @Test
  @DisplayName("11.1: no hook is 01 in the low half and condition code 3")
  void noHook() {
    assertThat(rig.guest().pqap(AQIC, ENABLE, 1, false))
        .isEqualTo(new PqapResult(Kind.DONE, 3, 0x00010000L));
  }

  @Test
  @DisplayName("11.1: other functions, problem state, reserved bits, missing facilities")
  void refusals() {
    ApGuest guest = rig.guest();
    assertThat(kind(guest, 4L << 24)).isEqualTo(Kind.NOT_HANDLED);
    assertThat(guest.pqap(AQIC, 0, 0, true).kind()).isEqualTo(Kind.PRIVILEGED_OPERATION);
    assertThat(kind(guest, AQIC | 0x00400000)).isEqualTo(Kind.SPECIFICATION);
    assertThat(kind(guest, AQIC | 0x00010000)).isEqualTo(Kind.SPECIFICATION);
    assertThat(kind(guest, AQIC | 0x00800000)).isEqualTo(Kind.DONE);
    GuestFeatures all = GuestFeatures.all();
    assertThat(kind(rig.panel.guest("t", all.withoutTestFacility()), AQIC | 0x00800000))
        .isEqualTo(Kind.SPECIFICATION);
    assertThat(kind(rig.panel.guest("i", all.withoutInterruptFacility()), AQIC))
        .isEqualTo(Kind.SPECIFICATION);
    ApGuest basic = rig.panel.guest("x", all.withoutApxa());
    assertThat(kind(basic, AQIC)).isEqualTo(Kind.DONE);
    assertThat(kind(basic, AQIC | 0x0010)).isEqualTo(Kind.SPECIFICATION);
    assertThat(kind(basic, AQIC | 0x4000)).isEqualTo(Kind.SPECIFICATION);
    ApGuest without = rig.panel.guest("a", all.withoutAdapterInterrupts());
    without.installHook((apqn, enable, isc, nib) -> ApStatus.of(ResponseCode.NORMAL));
    assertThat(kind(without, AQIC)).isEqualTo(Kind.NOT_HANDLED);
    assertThat(without.aqic(new Apqn(5, 4), true, 0, 1).response())
        .isEqualTo(ResponseCode.FACILITY_MISSING);
  }

  @Test
  @DisplayName("9.1: one hook; a guest with one can't be stopped")
  void oneHook() {
    ApGuest guest = rig.guest();
    AqicHook hook = (apqn, enable, isc, nib) -> ApStatus.of(ResponseCode.NORMAL);
    assertThat(guest.installHook(hook)).isTrue();
    assertThat(guest.installHook(hook)).isFalse();
    assertThatThrownBy(guest::close)
        .isInstanceOfSatisfying(
            ErrnoException.class, refusal -> assertThat(refusal.errno()).isEqualTo(Errno.EBUSY));
    guest.removeHook();
    assertThat(guest.installHook(hook)).isTrue();
  }

  @Test
  @DisplayName("9.1: without extended addressing 64 adapters and 16 domains are loaded")
  void basicAddressing() {
    ApGuest guest = rig.panel.guest("x", GuestFeatures.all().withoutApxa());
    guest.load(new ApMatrix(ApMask.of(63, 64), ApMask.of(15, 16), ApMask.of(15, 16)));
    assertThat(guest.masks()).isEqualTo(new ApMatrix(ApMask.of(63), ApMask.of(15), ApMask.of(15)));
    assertThat(guest.qci().apxa()).isFalse();
  }

  @Test
  @DisplayName("11.4: references to subclasses are counted; without an area there are none")
  void subclasses() {
    ApGuest guest = rig.guest();
    int first = guest.registerIsc(3);
    assertThat(guest.registerIsc(3)).isEqualTo(first);
    assertThat(guest.iscReferences()).isEqualTo(2);
    guest.unregisterIsc(3);
    guest.unregisterIsc(3);
    assertThat(guest.iscReferences()).isZero();
    assertThatThrownBy(() -> guest.unregisterIsc(3)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> guest.registerIsc(8)).hasMessageContaining("8");
    ApGuest without = rig.panel.guest("w", GuestFeatures.all().withoutGisa());
    assertThatThrownBy(() -> without.registerIsc(3)).isInstanceOf(ErrnoException.class);
    assertThat(without.gisa()).isNull();
  }

  private static Kind kind(ApGuest guest, long gr0) {
    return guest.pqap(gr0, 0, 0, false).kind();
  }
}
