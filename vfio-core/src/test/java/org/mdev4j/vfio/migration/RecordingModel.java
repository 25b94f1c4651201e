package org.mdev4j.vfio.migration;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;

/** A model that writes down each call as text, and does before it what a test asks for. */
final class RecordingModel implements MigrationModel {
  final List<String> calls = new ArrayList<>();
  Consumer<String> onCall = call -> {};
  private final MigrationFeatures features;

  RecordingModel(MigrationFeatures features) {
    this.features = features;
  }

  @Override
  public MigrationFeatures features() {
    return features;
  }

  @Override
  public long dataSize() {
    called("dataSize");
    return 42;
  }

  @Override
  public void arc(MigrationState from, MigrationState to) {
    called("arc " + from + " " + to);
  }

  @Override
  public Saving save(MigrationState first) {
    called("save " + first);
    return state -> {
      called("next " + state);
      return MemorySegment.NULL;
    };
  }

  @Override
  public Loading load() {
    called("load");
    return new Loading() {
      @Override
      public void write(MemorySegment bytes) {
        called("write " + bytes.byteSize());
      }

      @Override
      public void finish() {
        called("finish");
      }
    };
  }

  @Override
  public void reset() {
    called("reset");
  }

  private void called(String call) {
    onCall.accept(call);
    calls.add(call);
  }

  /** A migration of this model in that state, with nothing written down so far. */
  Migration in(MigrationState state) {
    Migration migration = new Migration(this);
    if (state == MigrationState.ERROR) {
      Consumer<String> before = onCall;
      onCall =
          call -> {
            throw new IllegalStateException("broken for the test");
          };
      try {
        migration.set(MigrationState.STOP);
      } catch (RuntimeException expected) {
        // That is how one gets there.
      }
      onCall = before;
    } else {
      migration.set(state);
    }
    calls.clear();
    return migration;
  }
}
