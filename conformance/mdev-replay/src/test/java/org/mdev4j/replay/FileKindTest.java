package org.mdev4j.replay;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FileKindTest {
  @ParameterizedTest
  @CsvSource({
    "core-A-load, X86_A",
    "mtty-A-sysfs, X86_A",
    "mbochs-A-sysfs, X86_A",
    "mbochs-B-vfio, X86_B",
    "danger, DANGER",
    "A_sysfs, S390X_A",
    "A2_inuse, S390X_A",
    "B_info, S390X_B",
    "C_3270, S390X_C",
    "D_async, S390X_D",
    "E_crw, S390X_E",
    "F_remove2, S390X_F",
    "G_race1, S390X_G",
    "G_standby_async, S390X_G",
    "H_unsol, S390X_H",
    "whatever, OTHER"
  })
  void theNameTellsTheKind(String name, FileKind kind) {
    assertThat(FileKind.of(name)).isEqualTo(kind);
  }

  @ParameterizedTest
  @CsvSource({
    // of 100 steps
    "X86_A, 95, 5, 0, 0, true",
    "X86_A, 94, 6, 0, 0, false",
    "X86_A, 94, 3, 3, 0, false",
    "X86_B, 85, 15, 0, 0, true",
    "X86_B, 84, 15, 1, 0, false",
    "S390X_C, 73, 0, 27, 0, true",
    "S390X_C, 72, 0, 28, 0, false",
    "S390X_G, 65, 35, 0, 0, true",
    "S390X_H, 80, 10, 10, 0, true",
    "S390X_H, 79, 10, 11, 0, false",
    "X86_A, 97, 0, 0, 3, true",
    "X86_A, 96, 0, 0, 4, false",
    // two are always allowed
    "X86_A, 8, 2, 0, 2, true",
    "X86_A, 7, 2, 1, 2, false",
    "X86_A, 7, 2, 0, 3, false"
  })
  void theKindLimitsWhatDiffersOnPurpose(
      FileKind kind, int equal, int deviation, int emulator, int skipped, boolean within) {
    Summary summary = new Summary("x", equal, deviation, emulator, skipped, 0);

    assertThat(kind.exceeded(summary).isEmpty()).isEqualTo(within);
  }

  @Test
  void aNarrowMissIsNotRoundedAway() {
    // 5 % of 371 is 18.55
    assertThat(FileKind.X86_A.exceeded(new Summary("x", 353, 18, 0, 0, 0))).isEmpty();
    assertThat(FileKind.X86_A.exceeded(new Summary("x", 352, 19, 0, 0, 0)))
        .hasValueSatisfying(
            text -> assertThat(text).contains("19", "at most 18 of 371 are allowed"));
  }

  @Test
  void onlyTheBareFileStartsWithoutModules() {
    assertThat(StartState.of("core-A-load", FileKind.X86_A).loaded()).isEmpty();
    assertThat(StartState.of("mdpy-B-vfio", FileKind.X86_B).loaded())
        .containsExactly("vfio", "vfio_iommu_type1", "mdev", "mtty", "mdpy", "mbochs");
    assertThat(StartState.of("C_blk", FileKind.S390X_C).machine().powerManagement()).isFalse();
  }

  @Test
  void theSummaryIsOneExactLine() {
    assertThat(new Summary("mtty-A-sysfs", 1, 2, 3, 4, 5))
        .hasToString("mtty-A-sysfs equal=1 deviation=2 emulator=3 skipped=4 different=5");
  }
}
