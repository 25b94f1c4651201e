package org.mdev4j.vfio.migration;

import java.lang.foreign.MemorySegment;
import org.mdev4j.device.errno.ErrnoException;

/**
 * A session in which a state is written.
 *
 * <p>Not thread-safe: guarded by the lock of the {@link Migration}.
 */
final class LoadingSession extends Session {
  private final MigrationModel.Loading loading;

  LoadingSession(MigrationModel.Loading loading) {
    this.loading = loading;
  }

  /** Writes all of {@code bytes}; a write of none does not reach the model. */
  long write(MemorySegment bytes) {
    if (bytes.byteSize() == 0) {
      return 0;
    }
    try {
      loading.write(bytes.asReadOnly());
    } catch (RuntimeException failure) {
      throw ErrnoException.of(failure, "writing the migration data");
    }
    return bytes.byteSize();
  }

  /** Loads what was written; what this throws is for {@link Migration} to judge. */
  void finish() {
    loading.finish();
  }
}
