package org.mdev4j.vfio;

import java.lang.foreign.MemorySegment;
import org.mdev4j.vfio.migration.MigrationFeatures;
import org.mdev4j.vfio.migration.MigrationModel;
import org.mdev4j.vfio.migration.MigrationState;

/** What a device migrates by that has no state to save. */
class ToyMigration implements MigrationModel {
  @Override
  public MigrationFeatures features() {
    return new MigrationFeatures(false, false);
  }

  @Override
  public long dataSize() {
    return 0;
  }

  @Override
  public Saving save(MigrationState first) {
    return state -> MemorySegment.NULL;
  }

  @Override
  public Loading load() {
    return new Loading() {
      @Override
      public void write(MemorySegment bytes) {}

      @Override
      public void finish() {}
    };
  }
}
