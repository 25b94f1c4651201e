package org.mdev4j.vfio.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.migration.Refusal.isRefused;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.device.errno.Errno;

@DisplayName("vfio 4.11: states and features")
class MigrationStateTest {
  @ParameterizedTest
  @CsvSource({
    "0, ERROR, never", "1, STOP, always", "2, RUNNING, always", "3, STOP_COPY, always",
    "4, RESUMING, always", "5, RUNNING_P2P, p2p", "6, PRE_COPY, pre", "7, PRE_COPY_P2P, both",
  })
  @DisplayName("vfio 4.11: each state has its number, and the features that it needs")
  void numbersAndNeeds(int number, MigrationState state, String needs) {
    assertThat(MigrationState.of(number)).isEqualTo(state);
    assertThat(state.number()).isEqualTo(number);
    for (MigrationFeatures features : Subsets.ALL) {
      boolean expected =
          switch (needs) {
            case "never" -> false;
            case "always" -> true;
            case "p2p" -> (features.flags() & 2) != 0;
            case "pre" -> (features.flags() & 4) != 0;
            default -> (features.flags() & 6) == 6;
          };
      assertThat(features.supports(state)).as("%s of %s", state, features).isEqualTo(expected);
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {8, 9, 0xabcd, -1, Integer.MIN_VALUE, Integer.MAX_VALUE})
  @DisplayName("vfio 4.11: an unknown number is EINVAL")
  void unknownNumber(int number) {
    isRefused(Errno.EINVAL, () -> MigrationState.of(number));
  }

  @Test
  @DisplayName("vfio 4.11: feature flags: STOP_COPY 1 always, P2P 2, PRE_COPY 4")
  void flags() {
    assertThat(Subsets.ALL).extracting(MigrationFeatures::flags).containsExactly(1, 3, 5, 7);
  }

  @Test
  @DisplayName("vfio 4.11: the states of a session that saves")
  void saving() {
    assertThat(MigrationState.values())
        .filteredOn(MigrationState::isSaving)
        .containsExactly(
            MigrationState.STOP_COPY, MigrationState.PRE_COPY, MigrationState.PRE_COPY_P2P);
    assertThat(MigrationState.values())
        .filteredOn(MigrationState::isPreCopy)
        .containsExactly(MigrationState.PRE_COPY, MigrationState.PRE_COPY_P2P);
  }
}
