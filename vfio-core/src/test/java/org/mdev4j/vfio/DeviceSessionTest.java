package org.mdev4j.vfio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.lifetime.FailureListener;
import org.mdev4j.vfio.dma.DeviceDma;
import org.mdev4j.vfio.dma.PinnedPage;
import org.mdev4j.vfio.irq.EventCounter;
import org.mdev4j.vfio.irq.IrqIndex;
import org.mdev4j.vfio.irq.IrqSet;
import org.mdev4j.vfio.migration.Migration;
import org.mdev4j.vfio.migration.MigrationModel;
import org.mdev4j.vfio.migration.MigrationState;
import org.mdev4j.vfio.migration.ToyMigration;
import org.mdev4j.vfio.model.Migratable;

@DisplayName("vfio 2: what a session of a device ends with")
class DeviceSessionTest {
  private final Movable model = new Movable();

  private final List<String> failed = new ArrayList<>();
  private final FailureListener failures =
      (what, failure) -> failed.add(what + ": " + failure.getMessage());

  private DeviceSession open() {
    return DeviceSession.open("toy", model, (name, pins) -> new Dma(), null, failures);
  }

  @Test
  @DisplayName("its migration, the model's close, its memory, its triggers")
  void everythingEnds() {
    assertEnds();
    assertThat(model.calls).containsExactly("open", "reset", "close", "memory gone");
  }

  @Test
  @DisplayName("a model that fails in close keeps nothing from ending")
  void closeFails() {
    model.onClose =
        () -> {
          throw new IllegalStateException("the planted failure");
        };
    assertEnds();
    assertThat(model.calls).containsExactly("open", "reset", "close", "memory gone");
    assertThat(failed).as("told").containsExactly("close of toy: the planted failure");
  }

  private void assertEnds() {
    EventCounter trigger = new EventCounter();
    DeviceSession session = open();
    Migration migration = Objects.requireNonNull(session.migration());
    assertThat(migration.get()).isEqualTo(MigrationState.RUNNING);
    session.interrupts().set(trigger(trigger));
    session.close();
    assertRefused(Errno.ENODEV, migration::get);
    assertThat(session.interrupts().signal(0, 0)).as("somebody is told").isFalse();
    assertThat(trigger.peek()).isZero();
  }

  @Test
  @DisplayName("a model that fails in open has no memory afterwards")
  void openFails() {
    model.onOpen =
        () -> {
          throw new ErrnoException(Errno.EBUSY, "the planted refusal");
        };
    assertRefused(Errno.EBUSY, this::open);
    assertThat(model.calls).containsExactly("open", "memory gone");
  }

  private static void assertRefused(Errno errno, ThrowingCallable call) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            ErrnoException.class, refusal -> assertThat(refusal.errno()).isEqualTo(errno));
  }

  private static IrqSet trigger(EventCounter counter) {
    return new IrqSet(
        IrqSet.HEADER_SIZE + Integer.BYTES,
        IrqSet.DATA_EVENTFD | IrqSet.ACTION_TRIGGER,
        0,
        0,
        1,
        new byte[0],
        List.of(() -> counter));
  }

  private static final class Movable extends ToyModel implements Migratable {
    @Override
    public List<IrqIndex> irqs() {
      return List.of(IrqIndex.trigger());
    }

    @Override
    public MigrationModel migration() {
      return new ToyMigration() {
        @Override
        public void reset() {
          calls.add("reset");
        }
      };
    }
  }

  private final class Dma implements DeviceDma {
    @Override
    public List<PinnedPage> pinPages(long iova, int count, int prot) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void unpinPages(long iova, int count) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void read(long iova, MemorySegment into) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void write(long iova, MemorySegment from) {
      throw new UnsupportedOperationException();
    }

    @Override
    public void close() {
      model.calls.add("memory gone");
    }
  }
}
