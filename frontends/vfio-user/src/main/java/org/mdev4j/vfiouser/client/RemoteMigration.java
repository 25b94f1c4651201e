package org.mdev4j.vfiouser.client;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.migration.MigrationFeatures;
import org.mdev4j.vfio.migration.MigrationModel;
import org.mdev4j.vfio.migration.MigrationState;
import org.mdev4j.vfiouser.wire.Command;

/** The migration of a remote device: each arc here is a request there. */
final class RemoteMigration implements MigrationModel {
  private static final int SET_STATE = 0x20002;
  private static final int FIELDS = 8;
  private static final int PIECE = 1 << 16;

  private final RemoteDevice device;
  private final MigrationFeatures features;

  RemoteMigration(RemoteDevice device, long flags) {
    this.device = device;
    features = new MigrationFeatures(false, (flags & MigrationFeatures.PRE_COPY) != 0);
  }

  @Override
  public MigrationFeatures features() {
    return features;
  }

  /** Refused: the wire has no such question. */
  @Override
  public long dataSize() {
    throw new ErrnoException(Errno.ENOTTY, "a remote device can't say how large its state is");
  }

  @Override
  public void arc(MigrationState from, MigrationState to) {
    go(to);
  }

  @Override
  public Saving save(MigrationState first) {
    go(first);
    return _ -> read();
  }

  @Override
  public Loading load() {
    go(MigrationState.RESUMING);
    return new Loading() {
      @Override
      public void write(MemorySegment bytes) {
        RemoteMigration.this.write(bytes);
      }

      @Override
      public void finish() {
        go(MigrationState.STOP);
      }
    };
  }

  private void go(MigrationState state) {
    device
        .use()
        .connection()
        .call(
            Command.DEVICE_FEATURE,
            request -> {
              request.setLength(2 * FIELDS);
              request.u32(0, 2 * FIELDS);
              request.u32(4, SET_STATE);
              request.u32(8, state.number());
              request.u32(12, 0);
            });
  }

  private MemorySegment read() {
    Connection connection = device.use().connection();
    int wanted = Math.min(PIECE, connection.transfer());
    return connection.call(
        Command.MIG_DATA_READ,
        request -> {
          request.setLength(FIELDS);
          request.u32(0, FIELDS + wanted);
          request.u32(4, wanted);
        },
        reply -> {
          int size = reply.u32(4);
          if (size < 0 || size > wanted) {
            throw new ErrnoException(Errno.EPROTO, size + " bytes of state for " + wanted);
          }
          return MemorySegment.ofArray(reply.data(FIELDS, size).toArray(ValueLayout.JAVA_BYTE));
        });
  }

  private void write(MemorySegment bytes) {
    Connection connection = device.use().connection();
    for (long done = 0; done < bytes.byteSize(); ) {
      int count = (int) Math.min(Math.min(PIECE, connection.transfer()), bytes.byteSize() - done);
      MemorySegment piece = bytes.asSlice(done, count);
      connection.call(
          Command.MIG_DATA_WRITE,
          request -> {
            request.setLength(FIELDS + count);
            request.u32(0, FIELDS + count);
            request.u32(4, count);
            request.data(FIELDS, count).copyFrom(piece);
          });
      done += count;
    }
  }
}
