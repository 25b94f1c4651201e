package org.mdev4j.vfiouser.server;

import org.jspecify.annotations.Nullable;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.migration.DataFile;
import org.mdev4j.vfio.migration.Migration;
import org.mdev4j.vfio.migration.MigrationState;
import org.mdev4j.vfiouser.wire.Command;
import org.mdev4j.vfiouser.wire.Message;
import org.mdev4j.vfiouser.wire.Reply;

/**
 * Where the device is on its way to another host, and the stream of its state ({@code
 * spec/vfio-user.md} 3.10, 3.11). The wire knows no P2P states: what they are neighbours of stands
 * for them.
 *
 * <p>Used by the session's thread only, and only it changes the state.
 */
final class MigrationStream {
  private static final int FIELDS = 8;

  private final @Nullable Migration migration;
  private final int clientTransfer;
  private MigrationState state = MigrationState.RUNNING;
  private @Nullable DataFile stream;

  MigrationStream(@Nullable Migration migration, ClientTerms client) {
    this.migration = migration;
    clientTransfer = client.transfer();
  }

  boolean isSupported() {
    return migration != null;
  }

  /**
   * @throws ErrnoException {@code EINVAL} if the device can't migrate
   */
  Migration required() {
    if (migration == null) {
      throw new ErrnoException(Errno.EINVAL, "the device can't migrate");
    }
    return migration;
  }

  MigrationState state() {
    return state;
  }

  /**
   * Goes to a state, on the shortest way.
   *
   * @throws ErrnoException {@code EINVAL} for a state that there is not on the wire, or no way
   *     there; else as the device refuses: it is then where it got to
   */
  void set(long number) {
    if (number > Integer.MAX_VALUE) {
      throw new ErrnoException(Errno.EINVAL, "no migration state has the number " + number);
    }
    MigrationState target = MigrationState.of((int) number);
    if (target == MigrationState.RUNNING_P2P || target == MigrationState.PRE_COPY_P2P) {
      throw new ErrnoException(Errno.EINVAL, "no P2P states are here");
    }
    try {
      DataFile begun = required().set(target);
      if (begun != null) {
        stream = begun;
      }
    } finally {
      look();
    }
  }

  /** The device was reset, or went on by itself. */
  void look() {
    if (migration != null) {
      state =
          switch (migration.get()) {
            case RUNNING_P2P -> MigrationState.RUNNING;
            case PRE_COPY_P2P -> MigrationState.PRE_COPY;
            case MigrationState other -> other;
          };
    }
  }

  /**
   * @throws ErrnoException {@code EINVAL} if a stopped device does not do that
   */
  void checkAllows(int command) {
    if (state == MigrationState.RUNNING) {
      return;
    }
    boolean stopped = state == MigrationState.STOP || state == MigrationState.STOP_COPY;
    boolean allowed =
        switch (command) {
          case Command.DEVICE_FEATURE, Command.MIG_DATA_READ, Command.DEVICE_RESET -> true;
          case Command.REGION_READ, Command.REGION_WRITE -> state != MigrationState.STOP_COPY;
          default -> !stopped;
        };
    if (!allowed) {
      throw new ErrnoException(Errno.EINVAL, "command " + command + " in state " + state);
    }
  }

  /** MIG_DATA_READ. */
  void read(Message request, Reply reply) {
    int size = size(request);
    if (!state.isSaving() || stream == null) {
      throw new ErrnoException(Errno.EINVAL, "no state is saved in " + state);
    }
    reply.setLength(FIELDS + size);
    long read = stream.read(reply.data(FIELDS, size));
    reply.setLength(FIELDS + (int) read);
    reply.u32(0, FIELDS + (int) read);
    reply.u32(4, (int) read);
  }

  /** MIG_DATA_WRITE. */
  void write(Message request, Reply reply) {
    int size = size(request);
    if (state != MigrationState.RESUMING || stream == null) {
      throw new ErrnoException(Errno.EINVAL, "no state is loaded in " + state);
    }
    request.require(FIELDS + size);
    if (stream.write(request.data(FIELDS, size)) < size) {
      throw new ErrnoException(Errno.EINVAL, "the device took less than " + size + " bytes");
    }
  }

  private int size(Message request) {
    request.require(FIELDS);
    var _ = required();
    long size = request.unsigned(4);
    if (size > clientTransfer
        || size > org.mdev4j.vfiouser.wire.Header.MAX_TRANSFER
        || request.unsigned(0) < FIELDS + size) {
      throw new ErrnoException(
          Errno.EINVAL, "argsz " + request.unsigned(0) + " for " + size + " bytes of state");
    }
    return (int) size;
  }
}
