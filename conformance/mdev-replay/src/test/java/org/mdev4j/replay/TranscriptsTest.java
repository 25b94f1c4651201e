package org.mdev4j.replay;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The kernels' answers, all of them. */
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
  void theHostAnswersAsTheKernelOfTheX86Machine(String summary) {
    check(Conformance.x86(name(summary)), summary);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "A_sysfs equal=170 deviation=4 emulator=0 skipped=1 different=0",
        "B_info equal=193 deviation=7 emulator=0 skipped=1 different=0",
        "C_blk equal=517 deviation=16 emulator=3 skipped=1 different=0",
        "D_async equal=149 deviation=8 emulator=0 skipped=1 different=0",
        "E_crw equal=140 deviation=12 emulator=1 skipped=1 different=0",
        "F_remove1 equal=53 deviation=1 emulator=0 skipped=1 different=0",
        "F_remove2 equal=28 deviation=0 emulator=0 skipped=1 different=0"
      })
  void theHostAnswersAsTheKernelOfTheS390xMachine(String summary) {
    check(Conformance.s390x(name(summary)), summary);
  }

  private static String name(String summary) {
    return summary.substring(0, summary.indexOf(' '));
  }

  private static void check(Path file, String summary) {
    FileReport report = new Replayer().replay(file);

    assertThat(report.details(false)).isEmpty();
    assertThat(report.summary()).hasToString(summary);
    assertThat(report.passed()).isTrue();
  }
}
