package org.mdev4j.vfio.migration;

import java.lang.foreign.MemorySegment;
import java.util.function.Supplier;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

/**
 * The stream behind {@code data_fd} ({@code spec/vfio.md} 4.11): read in a session that saves,
 * written in one that loads. It outlives its session, but then everything is {@code ENODEV};
 * closing it does not end the session. It has no positions: refusing them with {@code ESPIPE} is
 * for the layer that has file descriptors.
 *
 * <p>Thread-safe: reads and writes are serialised with each other and with the changes of state of
 * their {@link Migration}.
 */
public final class DataFile implements AutoCloseable {
  private final Migration migration;
  private final Session session;
  private volatile boolean closed;

  DataFile(Migration migration, Session session) {
    this.migration = migration;
    this.session = session;
  }

  /**
   * Reads what there is, up to the size of {@code into}.
   *
   * @return bytes read, fewer than asked for only if there are no more: 0 is the end in STOP_COPY,
   *     and the end for the moment in a PRE_COPY state
   * @throws ErrnoException {@code ENODEV} if the session is over, {@code EBADF} if the file is
   *     closed or written only, else what the device says
   */
  public long read(MemorySegment into) {
    if (!(session instanceof SavingSession saving)) {
      throw new ErrnoException(Errno.EBADF, "the data file of RESUMING can only be written");
    }
    return inSession(() -> saving.read(into, migration.state()));
  }

  /**
   * Writes all of {@code bytes}.
   *
   * @return bytes written: all of them
   * @throws ErrnoException {@code ENODEV} if the session is over, {@code EBADF} if the file is
   *     closed or read only, else what the device says: it has taken none of the bytes
   */
  public long write(MemorySegment bytes) {
    if (!(session instanceof LoadingSession loading)) {
      throw new ErrnoException(Errno.EBADF, "a data file of saved state can only be read");
    }
    return inSession(() -> loading.write(bytes));
  }

  /**
   * PRECOPY_INFO: how much there is to read.
   *
   * @param argsz size in bytes of the user's structure, unsigned
   * @throws ErrnoException {@code EINVAL} if {@code argsz} is below {@link PrecopyInfo#SIZE} or the
   *     device is in no PRE_COPY state, {@code ENODEV} if it is in one by another session, {@code
   *     EBADF} if the file is closed
   */
  public PrecopyInfo precopyInfo(int argsz) {
    checkOpen();
    if (Integer.compareUnsigned(argsz, PrecopyInfo.SIZE) < 0) {
      throw new ErrnoException(
          Errno.EINVAL, "PRECOPY_INFO needs " + PrecopyInfo.SIZE + " bytes, not " + argsz);
    }
    return migration.exclusively(
        () -> {
          MigrationState state = migration.state();
          if (!state.isPreCopy()) {
            throw new ErrnoException(Errno.EINVAL, "PRECOPY_INFO in state " + state);
          }
          checkSession();
          if (!(session instanceof SavingSession saving)) {
            throw new IllegalStateException("a session that loads in state " + state);
          }
          return saving.precopyInfo(state);
        });
  }

  /** Closes the file only: the device stays in its state. A second close does nothing. */
  @Override
  public void close() {
    closed = true;
  }

  private long inSession(Supplier<Long> access) {
    checkOpen();
    return migration.exclusively(
        () -> {
          checkSession();
          return access.get();
        });
  }

  private void checkOpen() {
    if (closed) {
      throw new ErrnoException(Errno.EBADF, "the data file is closed");
    }
  }

  private void checkSession() {
    if (session.hasEnded()) {
      throw new ErrnoException(Errno.ENODEV, "the session of this data file is over");
    }
  }
}
