package org.mdev4j.vfio.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.migration.Refusal.isRefused;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

@DisplayName("vfio 4.11: SET and GET of the state")
class MigrationTest {
  @ParameterizedTest
  @MethodSource("org.mdev4j.vfio.migration.Subsets#all")
  @DisplayName("vfio 4.11: SET does one call for each arc of the path and arrives")
  void everyPair(MigrationFeatures features) {
    for (MigrationState from : Subsets.states(features)) {
      for (MigrationState target : Subsets.states(features)) {
        RecordingModel model = new RecordingModel(features);
        Migration migration = model.in(from);
        List<String> expected = callsOnPath(features, from, target);
        if (from == MigrationState.STOP_COPY && target.isPreCopy()) {
          isRefused(Errno.EINVAL, () -> migration.set(target));
          assertThat(migration.get()).isEqualTo(from);
        } else {
          DataFile file = migration.set(target);
          assertThat(migration.get()).isEqualTo(target);
          assertThat(file != null)
              .as("a data file from %s to %s", from, target)
              .isEqualTo(beginsSession(from, target));
        }
        assertThat(model.calls).as("from %s to %s", from, target).isEqualTo(expected);
      }
    }
  }

  @ParameterizedTest
  @MethodSource("org.mdev4j.vfio.migration.Subsets#all")
  @DisplayName("vfio 4.11: the first arc that fails ends SET in the last completed state")
  void refusedArcs(MigrationFeatures features) {
    ArcGraph graph = new ArcGraph(features.p2p(), features.preCopy());
    int refused = 0;
    for (MigrationState from : Subsets.states(features)) {
      for (MigrationState target : Subsets.states(features)) {
        List<MigrationState> path = graph.path(from, target);
        for (int failing = 0; failing < path.size(); failing++) {
          RecordingModel model = new RecordingModel(features);
          Migration migration = model.in(from);
          int limit = failing;
          model.onCall =
              call -> {
                if (model.calls.size() == limit) {
                  throw new ErrnoException(Errno.ENOSPC, "refused for the test");
                }
              };
          isRefused(Errno.ENOSPC, () -> migration.set(target));
          MigrationState last = failing == 0 ? from : path.get(failing - 1);
          assertThat(migration.get()).as("from %s to %s", from, target).isEqualTo(last);

          model.onCall = call -> {};
          DataFile unused = migration.set(target);
          assertThat(migration.get()).as("tried again").isEqualTo(target);
          refused++;
        }
      }
    }
    assertThat(refused).isGreaterThan(10);
  }

  @ParameterizedTest
  @MethodSource("org.mdev4j.vfio.migration.Subsets#all")
  @DisplayName("vfio 4.11: an arc on which the model breaks leads to ERROR and ends the session")
  void brokenArcs(MigrationFeatures features) {
    for (MigrationState from : Subsets.states(features)) {
      for (MigrationState target : Subsets.states(features)) {
        if (callsOnPath(features, from, target).isEmpty()) {
          continue;
        }
        RecordingModel model = new RecordingModel(features);
        Migration migration = new Migration(model);
        DataFile file = migration.set(from);
        model.onCall =
            call -> {
              throw new IllegalStateException("broken for the test");
            };
        isRefused(Errno.EIO, () -> migration.set(target));
        assertThat(migration.get()).isEqualTo(MigrationState.ERROR);
        if (file != null) {
          Streams.isOver(file);
        }
      }
    }
  }

  @Test
  @DisplayName("vfio 4.11: running out of memory is ENOMEM, and ERROR")
  void outOfMemory() {
    RecordingModel model = new RecordingModel(Subsets.FULL);
    Migration migration = model.in(MigrationState.STOP);
    model.onCall =
        call -> {
          throw new OutOfMemoryError("for the test");
        };
    isRefused(Errno.ENOMEM, () -> migration.set(MigrationState.RESUMING));
    assertThat(migration.get()).isEqualTo(MigrationState.ERROR);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("vfio 4.11: from ERROR every target is EINVAL, and nothing is called")
  void fromError(MigrationState target) {
    RecordingModel model = new RecordingModel(Subsets.FULL);
    Migration migration = model.in(MigrationState.ERROR);
    isRefused(Errno.EINVAL, () -> migration.set(target));
    assertThat(migration.get()).isEqualTo(MigrationState.ERROR);
    assertThat(model.calls).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("org.mdev4j.vfio.migration.Subsets#all")
  @DisplayName("vfio 4.11: a target that the device lacks is EINVAL, ERROR too, from everywhere")
  void unsupportedTarget(MigrationFeatures features) {
    for (MigrationState from : Subsets.states(features)) {
      for (MigrationState target : MigrationState.values()) {
        if (!features.supports(target)) {
          RecordingModel model = new RecordingModel(features);
          Migration migration = model.in(from);
          isRefused(Errno.EINVAL, () -> migration.set(target));
          assertThat(migration.get()).isEqualTo(from);
          assertThat(model.calls).isEmpty();
        }
      }
    }
  }

  @Test
  @DisplayName("vfio 4.11: MIG_DATA_SIZE is what the model says, its errno included")
  void dataSize() {
    RecordingModel model = new RecordingModel(Subsets.STOP_COPY);
    Migration migration = new Migration(model);
    assertThat(migration.dataSize()).isEqualTo(42);
    model.onCall =
        call -> {
          throw new ErrnoException(Errno.EBUSY, "for the test");
        };
    isRefused(Errno.EBUSY, migration::dataSize);
    assertThat(migration.get()).isEqualTo(MigrationState.RUNNING);
  }

  @Test
  @DisplayName("[own] a model that calls its own migration is broken, not deadlocked")
  void reentrance() {
    RecordingModel model = new RecordingModel(Subsets.STOP_COPY);
    Migration migration = new Migration(model);
    model.onCall = call -> migration.set(MigrationState.RUNNING);
    isRefused(Errno.EIO, () -> migration.set(MigrationState.STOP));
    assertThat(migration.get()).isEqualTo(MigrationState.ERROR);
  }

  private static boolean beginsSession(MigrationState from, MigrationState target) {
    boolean goesOn = from.isSaving() && target.isSaving();
    boolean session = target.isSaving() || target == MigrationState.RESUMING;
    return session && !goesOn && from != target;
  }

  private static List<String> callsOnPath(
      MigrationFeatures features, MigrationState from, MigrationState target) {
    List<String> calls = new ArrayList<>();
    MigrationState at = from;
    for (MigrationState next :
        new ArcGraph(features.p2p(), features.preCopy()).path(from, target)) {
      calls.add(call(at, next));
      at = next;
    }
    return calls;
  }

  private static String call(MigrationState from, MigrationState to) {
    return switch (from + " " + to) {
      case "STOP STOP_COPY" -> "save STOP_COPY";
      case "RUNNING PRE_COPY" -> "save PRE_COPY";
      case "RUNNING_P2P PRE_COPY_P2P" -> "save PRE_COPY_P2P";
      case "STOP RESUMING" -> "load";
      case "RESUMING STOP" -> "finish";
      default -> "arc " + from + " " + to;
    };
  }
}
