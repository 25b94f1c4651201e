package org.mdev4j.vfio.migration;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.migration.Refusal.isRefused;
import static org.mdev4j.vfio.migration.Streams.read;
import static org.mdev4j.vfio.migration.Streams.some;

import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;

@DisplayName("vfio 4.7, 4.11: reset and close")
@Timeout(60)
class ResetTest {
  private final RecordingModel model = new RecordingModel(Subsets.FULL);
  private final ExecutorService otherThread = Executors.newCachedThreadPool();

  @AfterEach
  void stop() {
    otherThread.shutdownNow();
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("vfio 4.7: from every state, ERROR too, it is RUNNING and works again")
  void everyState(MigrationState state) {
    Migration migration = model.in(state);
    migration.reset();
    assertThat(model.calls).containsExactly("reset");
    assertThat(migration.get()).isEqualTo(MigrationState.RUNNING);
    assertThat(migration.set(MigrationState.STOP_COPY)).isNotNull();
  }

  @ParameterizedTest
  @EnumSource(names = {"STOP_COPY", "RESUMING", "PRE_COPY", "PRE_COPY_P2P"})
  @DisplayName("vfio 4.7: it ends the session: ENODEV")
  void endsTheSession(MigrationState state) {
    Migration migration = new Migration(model);
    DataFile file = some(migration.set(state));
    migration.reset();
    Streams.isOver(file);
  }

  @Test
  @DisplayName("vfio 4.11: during a transition it does not wait, and is done at its end")
  void duringATransition() throws Exception {
    Migration migration = new Migration(model);
    Halt halt = new Halt("arc RUNNING_P2P STOP");
    Future<DataFile> setting = otherThread.submit(() -> migration.set(MigrationState.STOP_COPY));
    halt.await();

    migration.reset();
    assertThat(model.calls).as("not before the end").doesNotContain("reset");
    Future<MigrationState> getting = otherThread.submit(migration::get);

    halt.release();
    DataFile file = setting.get();
    assertThat(model.calls)
        .containsExactly(
            "arc RUNNING RUNNING_P2P", "arc RUNNING_P2P STOP", "save STOP_COPY", "reset");
    assertThat(getting.get()).as("who waited sees the reset").isEqualTo(MigrationState.RUNNING);
    assertThat(migration.get()).isEqualTo(MigrationState.RUNNING);
    Streams.isOver(some(file));
  }

  @Test
  @DisplayName("vfio 4.11: it is done also at the end of a transition that fails")
  void duringAFailingTransition() throws Exception {
    Migration migration = new Migration(model);
    Halt halt =
        new Halt("arc RUNNING_P2P STOP") {
          @Override
          void released() {
            throw new ErrnoException(Errno.EBUSY, "for the test");
          }
        };
    Future<?> setting =
        otherThread.submit(() -> isRefused(Errno.EBUSY, () -> migration.set(MigrationState.STOP)));
    halt.await();
    migration.reset();
    migration.reset();
    halt.release();
    setting.get();
    assertThat(model.calls).containsExactly("arc RUNNING RUNNING_P2P", "reset");
    assertThat(migration.get()).isEqualTo(MigrationState.RUNNING);
  }

  @Test
  @DisplayName("vfio 4.11: during a read of the data it is done when that has ended")
  void duringARead() throws Exception {
    Migration migration = new Migration(model);
    DataFile file = some(migration.set(MigrationState.PRE_COPY));
    Halt halt = new Halt("next PRE_COPY");
    Future<byte[]> reading = otherThread.submit(() -> read(file, 10));
    halt.await();
    migration.reset();
    halt.release();
    assertThat(reading.get()).isEmpty();
    Streams.isOver(file);
    assertThat(migration.get()).isEqualTo(MigrationState.RUNNING);
  }

  @Test
  @DisplayName("[own] a model that resets within its own arc gets the reset after it")
  void fromTheModelItself() {
    Migration migration = new Migration(model);
    model.onCall =
        call -> {
          if (call.startsWith("arc")) {
            migration.reset();
          }
        };
    assertThat(migration.set(MigrationState.RUNNING_P2P)).isNull();
    assertThat(model.calls).containsExactly("arc RUNNING RUNNING_P2P", "reset");
    assertThat(migration.get()).isEqualTo(MigrationState.RUNNING);
  }

  @Test
  @DisplayName("[own] a model that breaks in a reset is in ERROR; the next reset may help")
  void brokenReset() {
    Migration migration = model.in(MigrationState.STOP);
    model.onCall =
        call -> {
          throw new IllegalStateException("broken for the test");
        };
    migration.reset();
    assertThat(migration.get()).isEqualTo(MigrationState.ERROR);
    model.onCall = call -> {};
    migration.reset();
    assertThat(migration.get()).isEqualTo(MigrationState.RUNNING);
  }

  @ParameterizedTest
  @EnumSource
  @DisplayName("vfio 4.11: close ends the session and lets the device run; then ENODEV")
  void close(MigrationState state) {
    Migration migration = model.in(state);
    migration.close();
    migration.close();
    migration.reset();
    assertThat(model.calls).as("the next user's device is left alone").containsExactly("reset");
    isRefused(Errno.ENODEV, migration::get);
    isRefused(Errno.ENODEV, migration::dataSize);
    isRefused(Errno.ENODEV, () -> migration.set(MigrationState.STOP));
  }

  @Test
  @DisplayName("vfio 4.11: close ends the session of a file that is still open")
  void closeWithAnOpenFile() {
    Migration migration = new Migration(model);
    DataFile file = some(migration.set(MigrationState.RESUMING));
    migration.close();
    Streams.isOver(file);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 3})
  @DisplayName("vfio 4.11: transitions, resets and reads by many threads come one after the other")
  void manyThreads(int resetters) throws Exception {
    Migration migration = new Migration(model);
    int[] inside = {0};
    model.onCall =
        call -> {
          assertThat(inside[0]++).as("calls overlap").isZero();
          Thread.onSpinWait();
          inside[0]--;
        };
    Callable<?> resets =
        () -> {
          for (int i = 0; i < 2000; i++) {
            migration.reset();
          }
          return null;
        };
    Callable<?> transitions =
        () -> {
          for (int i = 0; i < 2000; i++) {
            walk(migration);
          }
          return null;
        };
    var all = new java.util.ArrayList<Callable<?>>(java.util.List.of(transitions, transitions));
    for (int i = 0; i < resetters; i++) {
      all.add(resets);
    }
    var running = all.stream().map(otherThread::submit).toList();
    for (Future<?> future : running) {
      future.get(50, TimeUnit.SECONDS);
    }
    migration.reset();
    assertThat(migration.get()).isEqualTo(MigrationState.RUNNING);
  }

  /** To and fro; who comes second finds the device somewhere else, which is no fault. */
  private static void walk(Migration migration) {
    try {
      DataFile file = migration.set(MigrationState.PRE_COPY);
      if (file != null) {
        read(file, 10);
      }
      migration.set(MigrationState.STOP_COPY);
      migration.set(MigrationState.RUNNING);
    } catch (ErrnoException refusal) {
      assertThat(refusal.errno()).isIn(Errno.EINVAL, Errno.ENODEV);
    }
  }

  /** Halts the model before it does one call. */
  private class Halt {
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch released = new CountDownLatch(1);

    Halt(String at) {
      model.onCall =
          call -> {
            if (call.equals(at)) {
              reached.countDown();
              awaitQuietly(released);
              released();
            }
          };
    }

    void await() {
      awaitQuietly(reached);
    }

    void release() {
      released.countDown();
    }

    /** What the model does after it was released. */
    void released() {}

    private static void awaitQuietly(CountDownLatch latch) {
      try {
        assertThat(latch.await(30, TimeUnit.SECONDS)).isTrue();
      } catch (InterruptedException e) {
        throw new IllegalStateException(e);
      }
    }
  }
}
