package org.mdev4j.replay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The kernel's answers to everything that concerns the tree, modules, blocking and races. */
class TranscriptsTest {
  @Test
  void loadingAndUnloadingIsEqual() {
    FileReport report = new Replayer().replay(Conformance.x86("core-A-load"));

    assertThat(report.details(false)).isEmpty();
    assertThat(report.summary())
        .hasToString("core-A-load equal=37 deviation=0 emulator=0 skipped=1 different=0");
    assertThat(report.passed()).isTrue();
  }

  @ParameterizedTest
  @CsvSource({"mtty-A-sysfs, 371", "mdpy-A-sysfs, 362"})
  void theTreeIsEqualButForTheDevicesRegisters(String name, int counted) {
    FileReport report = new Replayer().replay(Conformance.x86(name));

    assertThat(report.differences()).allMatch(step -> step.op().equals("pread"));
    assertThat(report.kind().exceeded(report.summary())).isEmpty();
    assertThat(report.summary().counted()).isEqualTo(counted);
    assertThat(report.summary().skipped()).isEqualTo(5);
    assertThat(report.summary().deviation()).isEqualTo(3);
    assertThat(report.summary().emulator()).isZero();
  }
}
