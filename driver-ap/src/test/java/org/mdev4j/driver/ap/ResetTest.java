package org.mdev4j.driver.ap;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.ap.ApStatus;
import org.mdev4j.ap.Apqn;
import org.mdev4j.ap.ResponseCode;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.sim.ap.Instruction;

@DisplayName("ap 10: resetting queues")
class ResetTest {
  private static final Apqn FIRST = new Apqn(5, 4);
  private static final Apqn SECOND = new Apqn(6, 4);

  private final Rig rig = new Rig().reserved();
  private final String a = rig.create(new int[] {5, 6}, new int[] {4});
  private OpenMatrix open;

  @BeforeEach
  void open() {
    open = rig.open(a, rig.guest("g"));
    rig.clock.takeWaited();
  }

  @AfterEach
  void close() {
    rig.close();
  }

  @Test
  @DisplayName("00: done, nothing waited")
  void normal() {
    check(null, 1, 0, 0);
  }

  @Test
  @DisplayName("00, but not empty or still interrupting: TAPQ twice, 20 ms before each")
  void notEmpty() {
    prepare(Instruction.ZAPQ, ApStatus.of(ResponseCode.NORMAL, 0));
    prepare(
        Instruction.TAPQ,
        ApStatus.of(ResponseCode.NORMAL, ApStatus.EMPTY | ApStatus.INTERRUPTS),
        ApStatus.of(ResponseCode.NORMAL, 0));
    check(null, 1, 2, 40);
  }

  @Test
  @DisplayName("00, empty at the first TAPQ: 20 ms")
  void emptyLater() {
    prepare(Instruction.ZAPQ, ApStatus.of(ResponseCode.NORMAL, 0));
    check(null, 1, 1, 20);
  }

  @Test
  @DisplayName("02 once: tried again after 20 ms")
  void inProgressOnce() {
    prepare(ResponseCode.RESET_IN_PROGRESS);
    check(null, 2, 0, 20);
  }

  @Test
  @DisplayName("02 twice: EBUSY")
  void inProgress() {
    prepare(ResponseCode.RESET_IN_PROGRESS, ResponseCode.RESET_IN_PROGRESS);
    check(Errno.EBUSY, 2, 0, 20);
  }

  @Test
  @DisplayName("02 by the hardware's own time: a reset that takes 15 ms is over at the second try")
  void takesTime() {
    rig.panel.setTimes(Duration.ZERO, Duration.ofMillis(15), Duration.ZERO);
    assertThat(rig.ap.zapq(FIRST).isNormal()).isTrue();
    open.file.reset();
    assertThat(rig.clock.takeWaited()).isEqualTo(20);
    assertThat(rig.ap.tapq(FIRST).status().response()).isEqualTo(ResponseCode.RESET_IN_PROGRESS);
  }

  @Test
  @DisplayName("01, 03, 04: EBUSY at once")
  void unavailable() {
    prepare(ResponseCode.NOT_AVAILABLE);
    check(Errno.EBUSY, 1, 0, 0);
    prepare(ResponseCode.DECONFIGURED);
    check(Errno.EBUSY, 1, 0, 0);
    prepare(ResponseCode.CHECKSTOPPED);
    check(Errno.EBUSY, 1, 0, 0);
  }

  @Test
  @DisplayName("anything else: EIO")
  void unknown() {
    prepare(ResponseCode.INVALID_DOMAIN);
    check(Errno.EIO, 1, 0, 0);
    prepare(ResponseCode.BUSY);
    check(Errno.EIO, 1, 0, 0);
  }

  @Test
  @DisplayName("one bad queue does not stop the others; the last error is returned")
  void all() {
    long before = rig.panel.issued(SECOND, Instruction.ZAPQ);
    prepare(ResponseCode.INVALID_DOMAIN);
    rig.panel.answerNext(SECOND, Instruction.ZAPQ, ApStatus.of(ResponseCode.CHECKSTOPPED));
    assertThat(reset()).isEqualTo(Errno.EBUSY);
    prepare(ResponseCode.INVALID_DOMAIN);
    assertThat(reset()).isEqualTo(Errno.EIO);
    assertThat(rig.panel.issued(SECOND, Instruction.ZAPQ)).isEqualTo(before + 2);
  }

  @Test
  @DisplayName("9.3: a reset needs no queue")
  void nothingToReset() {
    String b = rig.create();
    OpenMatrix empty = rig.open(b, rig.guest("h"));
    assertThatCode(empty.file::reset).doesNotThrowAnyException();
  }

  private void prepare(Instruction instruction, ApStatus... answers) {
    rig.panel.answerNext(FIRST, instruction, answers);
  }

  private void prepare(ResponseCode... responses) {
    for (ResponseCode response : responses) {
      prepare(Instruction.ZAPQ, ApStatus.of(response, ApStatus.EMPTY));
    }
  }

  private void check(@Nullable Errno expected, int zapqs, int tapqs, long millis) {
    long zapqsBefore = rig.panel.issued(FIRST, Instruction.ZAPQ);
    long tapqsBefore = rig.panel.issued(FIRST, Instruction.TAPQ);
    assertThat(reset()).isEqualTo(expected);
    assertThat(rig.panel.issued(FIRST, Instruction.ZAPQ) - zapqsBefore).isEqualTo(zapqs);
    assertThat(rig.panel.issued(FIRST, Instruction.TAPQ) - tapqsBefore).isEqualTo(tapqs);
    assertThat(rig.clock.takeWaited()).isEqualTo(millis);
  }

  private @Nullable Errno reset() {
    try {
      open.file.reset();
      return null;
    } catch (ErrnoException refusal) {
      return refusal.errno();
    }
  }
}
