package org.mdev4j.vfio.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.migration.Refusal.isRefused;
import static org.mdev4j.vfio.migration.Streams.read;
import static org.mdev4j.vfio.migration.Streams.some;
import static org.mdev4j.vfio.migration.Streams.write;

import java.lang.foreign.MemorySegment;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

@DisplayName("vfio 4.11: the data file")
class DataFileTest {
  private final RecordingModel model = new RecordingModel(Subsets.FULL);

  @ParameterizedTest
  @EnumSource(names = {"STOP_COPY", "RESUMING", "PRE_COPY", "PRE_COPY_P2P"})
  @DisplayName("vfio 4.11: ENODEV after its session was left, also when another has begun")
  void afterTheSession(MigrationState state) {
    Migration migration = new Migration(model);
    DataFile file = some(migration.set(state));
    migration.set(MigrationState.RUNNING);
    Streams.isOver(file);
    isRefused(Errno.EINVAL, () -> file.precopyInfo(24));
    DataFile other = some(migration.set(MigrationState.PRE_COPY));
    Streams.isOver(file);
    isRefused(Errno.ENODEV, () -> file.precopyInfo(24));
    assertThat(read(other, 10)).isEmpty();
  }

  @Test
  @DisplayName("[own] it is read or written, not both: EBADF")
  void direction() {
    Migration migration = new Migration(model);
    DataFile saving = some(migration.set(MigrationState.STOP_COPY));
    isRefused(Errno.EBADF, () -> write(saving, new byte[1]));
    DataFile loading = some(migration.set(MigrationState.RESUMING));
    isRefused(Errno.EBADF, () -> read(loading, 1));
  }

  @Test
  @DisplayName("[own] closed it is EBADF, and the session goes on")
  void closed() {
    Migration migration = new Migration(model);
    DataFile file = some(migration.set(MigrationState.PRE_COPY));
    file.close();
    file.close();
    isRefused(Errno.EBADF, () -> read(file, 1));
    isRefused(Errno.EBADF, () -> file.precopyInfo(24));
    assertThat(migration.get()).isEqualTo(MigrationState.PRE_COPY);
    assertThat(migration.set(MigrationState.STOP_COPY)).isNull();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 8, 23})
  @DisplayName("vfio 4.11: PRECOPY_INFO with argsz below 24 is EINVAL")
  void smallArgsz(int argsz) {
    DataFile file = some(new Migration(model).set(MigrationState.PRE_COPY));
    isRefused(Errno.EINVAL, () -> file.precopyInfo(argsz));
  }

  @ParameterizedTest
  @EnumSource(names = {"STOP_COPY", "RESUMING"})
  @DisplayName("vfio 4.11: PRECOPY_INFO in no PRE_COPY state is EINVAL")
  void notPreCopy(MigrationState state) {
    DataFile file = some(new Migration(model).set(state));
    isRefused(Errno.EINVAL, () -> file.precopyInfo(24));
    assertThat(model.calls).noneMatch(call -> call.startsWith("next"));
  }

  @Test
  @DisplayName("vfio 3: precopy_info: argsz 0 stays, flags 4, initial_bytes 8, dirty_bytes 16")
  void layout() {
    MemorySegment structure = MemorySegment.ofArray(new byte[25]).asSlice(1).fill((byte) 0xee);
    new PrecopyInfo(0x0102030405060708L, -2).writeTo(structure);
    assertThat(Streams.bytes(structure))
        .containsExactly(
            0xee, 0xee, 0xee, 0xee, 0, 0, 0, 0, 8, 7, 6, 5, 4, 3, 2, 1, 0xfe, 0xff, 0xff, 0xff,
            0xff, 0xff, 0xff, 0xff);
  }

  @Test
  @DisplayName(
      "[own] an errno while saving: first what was read before it, then the errno, then on")
  void failingPiece() {
    Deque<Object> pieces =
        new ArrayDeque<>(List.of(new byte[3], Errno.EAGAIN, Errno.EAGAIN, new byte[2]));
    DataFile file = some(new Migration(saving(pieces)).set(MigrationState.STOP_COPY));
    assertThat(read(file, 10)).hasSize(3);
    isRefused(Errno.EAGAIN, () -> read(file, 10));
    assertThat(read(file, 10)).hasSize(2);
    assertThat(read(file, 10)).isEmpty();
  }

  @Test
  @DisplayName("[own] a model that breaks while its data is read or written is EIO")
  void brokenModel() {
    Migration migration = new Migration(model);
    DataFile saving = some(migration.set(MigrationState.PRE_COPY));
    model.onCall =
        call -> {
          throw new IllegalStateException("broken for the test");
        };
    isRefused(Errno.EIO, () -> read(saving, 1));
    isRefused(Errno.EIO, () -> saving.precopyInfo(24));
    model.onCall = call -> {};
    DataFile loading = some(migration.set(MigrationState.RESUMING));
    model.onCall =
        call -> {
          throw new IllegalStateException("broken for the test");
        };
    isRefused(Errno.EIO, () -> write(loading, new byte[1]));
    assertThat(migration.get()).isEqualTo(MigrationState.RESUMING);
  }

  @Test
  @DisplayName("[own] a model can look at what is written, not change it")
  void writtenBytesAreTheUsers() {
    byte[] bytes = {1, 2, 3};
    DataFile file =
        some(
            new Migration(
                    new OnlyLoading() {
                      @Override
                      public void write(MemorySegment written) {
                        written.fill((byte) 0);
                      }
                    })
                .set(MigrationState.RESUMING));
    isRefused(Errno.EIO, () -> write(file, bytes));
    assertThat(bytes).containsExactly(1, 2, 3);
  }

  private static MigrationModel saving(Deque<Object> pieces) {
    return new OnlyLoading() {
      @Override
      public Saving save(MigrationState first) {
        return state ->
            switch (pieces.poll()) {
              case Errno errno -> throw new ErrnoException(errno, "for the test");
              case byte[] piece -> MemorySegment.ofArray(piece);
              case null, default -> MemorySegment.NULL;
            };
      }
    };
  }

  /** A model that is its own session. */
  private abstract static class OnlyLoading extends ToyMigration implements MigrationModel.Loading {
    @Override
    public Loading load() {
      return this;
    }

    @Override
    public void write(MemorySegment written) {}

    @Override
    public void finish() {}
  }
}
