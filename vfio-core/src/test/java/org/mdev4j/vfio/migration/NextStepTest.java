package org.mdev4j.vfio.migration;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

@DisplayName("vfio 4.11: the next step")
class NextStepTest {
  private static final Map<String, MigrationState> NAMES =
      Map.of(
          "E", MigrationState.ERROR,
          "S", MigrationState.STOP,
          "R", MigrationState.RUNNING,
          "SC", MigrationState.STOP_COPY,
          "RES", MigrationState.RESUMING,
          "R2", MigrationState.RUNNING_P2P,
          "P", MigrationState.PRE_COPY,
          "P2", MigrationState.PRE_COPY_P2P);

  /** Column by column, whereas {@link NextStep} goes row by row: how each state is reached. */
  @ParameterizedTest
  @CsvSource({
    "S,   S:S   R:R2  R2:S   SC:S   RES:S   P:R   P2:R2",
    "R,   S:R2  R:R   R2:R   SC:S   RES:S   P:R   P2:R2",
    "SC,  S:SC  R:R2  R2:S   SC:SC  RES:S   P:P2  P2:SC",
    "RES, S:RES R:R2  R2:S   SC:S   RES:RES P:R   P2:R2",
    "R2,  S:R2  R:R2  R2:R2  SC:S   RES:S   P:R   P2:R2",
    "P,   S:R2  R:P   R2:R   SC:E   RES:S   P:P   P2:P",
    "P2,  S:R2  R:R2  R2:P2  SC:E   RES:S   P:P2  P2:P2",
  })
  @DisplayName("vfio 4.11: every cell of the table, with all features")
  void everyCell(String target, String cells) {
    List<MigrationState> rows = new ArrayList<>();
    for (String cell : cells.split("\\s+")) {
      String[] parts = cell.split(":");
      MigrationState from = NAMES.get(parts[0]);
      rows.add(from);
      assertThat(NextStep.of(Subsets.FULL, from, NAMES.get(target)))
          .as("from %s to %s", from, NAMES.get(target))
          .isEqualTo(NAMES.get(parts[1]));
    }
    assertThat(rows).containsExactlyInAnyOrderElementsOf(Subsets.states(Subsets.FULL));
  }

  @ParameterizedTest
  @MethodSource("org.mdev4j.vfio.migration.Subsets#all")
  @DisplayName("vfio 4.11: every path of every feature set is the one that the arcs give")
  void pathsOfTheGraph(MigrationFeatures features) {
    ArcGraph graph = new ArcGraph(features.p2p(), features.preCopy());
    int found = 0;
    for (MigrationState from : Subsets.states(features)) {
      for (MigrationState target : Subsets.states(features)) {
        assertThat(path(features, from, target))
            .as("from %s to %s", from, target)
            .isEqualTo(graph.path(from, target));
        found++;
      }
    }
    assertThat(found).isIn(16, 25, 49);
  }

  @ParameterizedTest
  @MethodSource("org.mdev4j.vfio.migration.Subsets#all")
  @DisplayName("vfio 4.11: a path ends at its target, over states that the device has")
  void pathProperties(MigrationFeatures features) {
    ArcGraph graph = new ArcGraph(features.p2p(), features.preCopy());
    for (MigrationState from : Subsets.states(features)) {
      for (MigrationState target : Subsets.states(features)) {
        boolean refused = from == MigrationState.STOP_COPY && target.isPreCopy();
        List<MigrationState> path = path(features, from, target);
        if (refused || from == target) {
          assertThat(path).isEmpty();
          continue;
        }
        assertThat(path).as("from %s to %s", from, target).endsWith(target).doesNotHaveDuplicates();
        assertThat(path).allMatch(features::supports).doesNotContain(from);
        MigrationState at = from;
        for (MigrationState next : path) {
          assertThat(graph.hasArc(at, next)).as("arc %s to %s", at, next).isTrue();
          at = next;
        }
      }
    }
  }

  @ParameterizedTest
  @MethodSource("org.mdev4j.vfio.migration.Subsets#all")
  @DisplayName("vfio 4.11: to or from ERROR, or to a state not supported, there is no step")
  void refused(MigrationFeatures features) {
    for (MigrationState state : MigrationState.values()) {
      assertThat(NextStep.of(features, state, MigrationState.ERROR))
          .isEqualTo(MigrationState.ERROR);
      assertThat(NextStep.of(features, MigrationState.ERROR, state))
          .isEqualTo(MigrationState.ERROR);
      if (!features.supports(state)) {
        assertThat(NextStep.of(features, MigrationState.RUNNING, state))
            .isEqualTo(MigrationState.ERROR);
      }
    }
  }

  /** That table lists whole paths, made without P2P: a second witness. */
  @ParameterizedTest
  @CsvSource({
    "S, R, R",
    "S, SC, SC",
    "S, RES, RES",
    "S, P, R P",
    "R, S, S",
    "R, SC, S SC",
    "R, RES, S RES",
    "R, P, P",
    "SC, S, S",
    "SC, R, S R",
    "SC, RES, S RES",
    "RES, S, S",
    "RES, R, S R",
    "RES, SC, S SC",
    "RES, P, S R P",
    "P, S, R S",
    "P, R, R",
    "P, SC, SC",
    "P, RES, R S RES",
  })
  @DisplayName("vfio-user 3.10: the paths without P2P")
  void pathsOfVfioUser(String from, String target, String path) {
    assertThat(path(Subsets.PRE_COPY, NAMES.get(from), NAMES.get(target)))
        .isEqualTo(Arrays.stream(path.split(" ")).map(NAMES::get).toList());
  }

  @Test
  @DisplayName("vfio 4.11: a device without PRE_COPY goes the same ways as one with it")
  void preCopyChangesNoOtherPath() {
    for (boolean p2p : new boolean[] {false, true}) {
      MigrationFeatures without = new MigrationFeatures(p2p, false);
      MigrationFeatures with = new MigrationFeatures(p2p, true);
      for (MigrationState from : Subsets.states(without)) {
        for (MigrationState target : Subsets.states(without)) {
          assertThat(path(with, from, target)).isEqualTo(path(without, from, target));
        }
      }
    }
  }

  private static List<MigrationState> path(
      MigrationFeatures features, MigrationState from, MigrationState target) {
    List<MigrationState> path = new ArrayList<>();
    MigrationState at = from;
    while (at != target) {
      at = NextStep.of(features, at, target);
      if (at == MigrationState.ERROR) {
        return List.of();
      }
      path.add(at);
      assertThat(path).as("a path that never ends").hasSizeLessThan(9);
    }
    return path;
  }
}
