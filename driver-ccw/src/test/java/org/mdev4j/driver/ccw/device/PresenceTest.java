package org.mdev4j.driver.ccw.device;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.driver.ccw.Errnos.assertErrno;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.driver.ccw.device.ScriptedSubchannel.Step;

@DisplayName("ccw 6.2: a device looks whether its subchannel is there")
class PresenceTest {
  private final DeviceBench bench = new DeviceBench().open();

  @AfterEach
  void close() {
    bench.close();
  }

  @ParameterizedTest
  @EnumSource(
      value = Errno.class,
      names = {"ENODEV", "EACCES"})
  @DisplayName("9.82: without subchannel, or without valid device number, it is broken for good")
  void gone(Errno refusal) {
    bench.subchannel.refuse(Step.REFRESH, refusal, 1);
    bench.device.checkPresence();
    assertThat(bench.state()).isEqualTo("BROKEN");
    assertThat(bench.subchannel.unregistrations()).isOne();
    bench.device.checkPresence();
    assertThat(bench.state()).as("it does not come back").isEqualTo("BROKEN");
    assertThat(bench.subchannel.unregistrations()).isOne();
  }

  @Test
  @DisplayName("9.82: else nothing happens, also to a program that runs")
  void there() {
    bench.start();
    bench.device.checkPresence();
    assertThat(bench.state()).isEqualTo("CP_PENDING");
    assertThat(bench.subchannel.unregistrations()).isZero();
    bench.presentEnd();
    bench.work();
  }

  @Test
  @DisplayName("a SCHIB that can't be stored is ENODEV to the user")
  void schib() {
    bench.subchannel.refuse(Step.REFRESH, Errno.EACCES, 1);
    assertErrno(Errno.ENODEV, () -> bench.read(2, 52));
  }
}
