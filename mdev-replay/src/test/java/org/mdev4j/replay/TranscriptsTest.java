package org.mdev4j.replay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The kernel's answers of the x86 machine, all of them. */
class TranscriptsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "core-A-load equal=37 deviation=0 emulator=0 skipped=1 different=0",
        "mtty-A-sysfs equal=363 deviation=3 emulator=0 skipped=5 different=0",
        "mdpy-A-sysfs equal=354 deviation=3 emulator=0 skipped=5 different=0",
        "mtty-B-vfio equal=296 deviation=41 emulator=0 skipped=1 different=0",
        "mdpy-B-vfio equal=372 deviation=27 emulator=0 skipped=1 different=0",
        "danger equal=7 deviation=0 emulator=0 skipped=0 different=0"
      })
  void theHostAnswersAsTheKernel(String summary) {
    String name = summary.substring(0, summary.indexOf(' '));

    FileReport report = new Replayer().replay(Conformance.x86(name));

    assertThat(report.details(false)).isEmpty();
    assertThat(report.summary()).hasToString(summary);
    assertThat(report.passed()).isTrue();
  }
}
