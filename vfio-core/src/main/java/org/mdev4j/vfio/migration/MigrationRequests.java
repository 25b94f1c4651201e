package org.mdev4j.vfio.migration;

import java.lang.foreign.MemorySegment;
import java.util.Map;

/**
 * The features MIGRATION, MIG_DEVICE_STATE and MIG_DATA_SIZE as bytes ({@code spec/vfio.md} 3,
 * 4.11); what they mean is {@link Migration}'s.
 *
 * <p>Thread-safe: it has no state of its own.
 */
final class MigrationRequests {
  private static final int NO_FILE = -1;

  private final Migration migration;

  MigrationRequests(Migration migration) {
    this.migration = migration;
  }

  /** By feature index. */
  Map<Integer, Feature> features() {
    return Map.of(
        1, new Feature(DeviceFeatures.GET, 8, this::flags),
        2, new Feature(DeviceFeatures.GET | DeviceFeatures.SET, 8, this::state),
        9, new Feature(DeviceFeatures.GET, 8, this::dataSize));
  }

  /** {@code u64 flags}. */
  private void flags(Feature.Request request) {
    request.data().set(Wire.U64, 0, migration.features().flags());
  }

  /** {@code u32 device_state, s32 data_fd}. */
  private void state(Feature.Request request) {
    MemorySegment data = request.data();
    int target = data.get(Wire.U32, 0);
    data.set(Wire.U32, 4, NO_FILE);
    if (request.isGet()) {
      data.set(Wire.U32, 0, migration.get().number());
      return;
    }
    DataFile file = migration.set(MigrationState.of(target));
    if (file != null) {
      data.set(Wire.U32, 4, publish(file, request.files()));
    }
  }

  /** {@code u64 stop_copy_length}. */
  private void dataSize(Feature.Request request) {
    request.data().set(Wire.U64, 0, migration.dataSize());
  }

  private static int publish(DataFile file, DataFiles files) {
    try {
      return files.publish(file);
    } catch (RuntimeException failure) {
      file.close();
      throw failure;
    }
  }
}
