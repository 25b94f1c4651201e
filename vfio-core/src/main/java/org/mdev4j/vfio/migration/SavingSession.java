package org.mdev4j.vfio.migration;

import java.lang.foreign.MemorySegment;
import org.mdev4j.device.errno.ErrnoException;

/**
 * A session in which the device's state is read: turns the pieces of {@link MigrationModel.Saving}
 * into a stream.
 *
 * <p>Not thread-safe: guarded by the lock of the {@link Migration}.
 */
final class SavingSession extends Session {
  private final MigrationModel.Saving saving;
  private MemorySegment unread = MemorySegment.NULL;

  SavingSession(MigrationModel.Saving saving) {
    this.saving = saving;
  }

  /**
   * Reads what there is, up to the size of {@code into}: only fewer bytes if there are no more now.
   * A piece that fails is reported unless something was read before it; it is asked for again.
   */
  long read(MemorySegment into, MigrationState state) {
    long done = 0;
    try {
      while (done < into.byteSize()) {
        fetch(state);
        if (unread.byteSize() == 0) {
          break;
        }
        long count = Math.min(unread.byteSize(), into.byteSize() - done);
        MemorySegment.copy(unread, 0, into, done, count);
        unread = unread.asSlice(count);
        done += count;
      }
    } catch (RuntimeException failure) {
      if (done == 0) {
        throw ErrnoException.of(failure, "reading the migration data");
      }
    }
    return done;
  }

  PrecopyInfo precopyInfo(MigrationState state) {
    try {
      fetch(state);
      return saving.precopyInfo(unread.byteSize());
    } catch (RuntimeException failure) {
      throw ErrnoException.of(failure, "PRECOPY_INFO");
    }
  }

  @Override
  void end() {
    super.end();
    unread = MemorySegment.NULL;
  }

  /** Asks for the next piece if the last one was read. */
  private void fetch(MigrationState state) {
    if (unread.byteSize() == 0) {
      unread = saving.next(state);
    }
  }
}
