package org.mdev4j.vfio.migration;

import java.lang.foreign.MemorySegment;

/** What a device migrates by that has no state to save. */
public class ToyMigration implements MigrationModel {
  @Override
  public MigrationFeatures features() {
    return Subsets.STOP_COPY;
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
