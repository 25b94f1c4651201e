package org.mdev4j.driver.ccw.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.driver.ccw.Errnos.assertErrno;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.css.ConditionCode;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.driver.ccw.device.ScriptedSubchannel.Step;

@DisplayName("ccw 2.5: what a halt or clear is answered")
class HaltAndClearTest {
  private static final int HALT = 1;
  private static final int CLEAR = 2;

  private final DeviceBench bench = new DeviceBench();

  @BeforeEach
  void open() {
    bench.open();
    bench.subchannel.issued();
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @ParameterizedTest(name = "command {0}, function control {1}")
  @CsvSource({"1, 0x2000", "2, 0x1000"})
  @DisplayName("9.29, 9.30: the interrupt of a halt or clear ends the program that is pending")
  void whilePending(int command, String functions) {
    bench.start();
    bench.command(command);
    assertThat(bench.returnCode(1)).isZero();
    assertThat(bench.state()).isEqualTo("CP_PENDING");
    assertThat(bench.space.pinnedPages()).as("until it is over").isOne();
    bench.present(Integer.decode(functions) | 0x01, 0, 0);
    bench.work();
    assertThat(bench.io.take()).isOne();
    assertThat(bench.irb().scsw().status()).isOne();
    assertThat(bench.state()).isEqualTo("IDLE");
    assertThat(bench.space.pinnedPages()).isZero();
  }

  @Test
  @DisplayName("9.29: a halt when idle has its interrupt too")
  void haltWhenIdle() {
    bench.command(HALT);
    assertThat(bench.state()).isEqualTo("IDLE");
    bench.present(0x2001, 0, 0);
    bench.work();
    assertThat(bench.io.take()).isOne();
    assertThat(bench.state()).isEqualTo("IDLE");
  }

  @ParameterizedTest(name = "command {0}, {1}: {2}")
  @CsvSource({
    "1, CC1, EBUSY",
    "1, CC2, EBUSY",
    "1, CC3, ENODEV",
    "2, CC1, EIO",
    "2, CC2, EIO",
    "2, CC3, ENODEV"
  })
  @DisplayName(
      "9.31: an instruction that is not taken; what CSCH never answers is EIO, not a number")
  void notTaken(int command, ConditionCode cc, Errno errno) {
    bench.subchannel.answer(command == CLEAR ? Step.CSCH : Step.HSCH, cc, 1);
    assertErrno(errno, () -> bench.command(command));
    assertThat(bench.returnCode(1)).isEqualTo(-errno.number());
    assertThat(bench.state()).isEqualTo("IDLE");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 3, 4, -1})
  @DisplayName("9.32: the command is a number, not a mask; there are no others: EINVAL")
  void unknown(int command) {
    assertErrno(Errno.EINVAL, () -> bench.command(command));
    assertThat(bench.returnCode(1)).isEqualTo(-Errno.EINVAL.number());
    bench.start();
    assertErrno(Errno.EINVAL, () -> bench.command(command));
    assertThat(bench.subchannel.issued()).containsExactly(Step.SSCH);
    bench.presentEnd();
    bench.work();
  }
}
