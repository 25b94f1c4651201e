package org.mdev4j.vfio;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.vfio.VfioHost.assertErrno;

import java.lang.foreign.MemorySegment;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.vfio.migration.DirtyBitmap;
import org.mdev4j.vfio.migration.DmaLog;
import org.mdev4j.vfio.migration.DmaRange;
import org.mdev4j.vfio.migration.MigrationModel;
import org.mdev4j.vfio.migration.MigrationState;
import org.mdev4j.vfio.migration.ToyMigration;
import org.mdev4j.vfio.model.LogsDma;
import org.mdev4j.vfio.model.Migratable;

@DisplayName("vfio 4.10, 4.7: DEVICE_FEATURE passes through the device file")
class FeatureFileTest {
  private static final int GET_MIGRATION = 0x10001;
  private static final int PROBE_LOGGING_STOP = 0x60007;

  private final VfioHost host = new VfioHost();
  private final Mover mover = new Mover();
  private final VfioRegistration registration = host.register(host.device("toy0"), mover);
  private final DeviceFile file = host.open(registration);
  private final byte[] data = new byte[8];

  @AfterEach
  void close() {
    host.close();
  }

  @Test
  @DisplayName("a device that migrates and logs tells so")
  void answers() {
    request(file, 16, GET_MIGRATION);
    assertThat(data[0]).isEqualTo((byte) 1);
    request(file, 8, PROBE_LOGGING_STOP);
    assertErrno(Errno.EINVAL, () -> request(file, 7, GET_MIGRATION));
  }

  @Test
  @DisplayName("one that does neither has no such feature")
  void refuses() {
    DeviceFile plain = host.open(host.register(host.device("toy1"), new ToyModel()));
    assertErrno(Errno.ENOTTY, () -> request(plain, 16, GET_MIGRATION));
    assertErrno(Errno.ENOTTY, () -> request(plain, 8, PROBE_LOGGING_STOP));
    assertThat(plain.migration()).isNull();
  }

  @Test
  @DisplayName("4.7: RESET puts migration back into RUNNING")
  void resets() {
    file.migration().set(MigrationState.STOP);
    file.reset();
    assertThat(file.migration().get()).isEqualTo(MigrationState.RUNNING);
    assertThat(mover.calls).containsExactly("open", "reset");
  }

  @Test
  @DisplayName("the next user finds RUNNING, whatever the last one left")
  void forgets() {
    file.migration().set(MigrationState.STOP);
    file.close();
    assertThat(host.open(registration).migration().get()).isEqualTo(MigrationState.RUNNING);
  }

  private void request(DeviceFile to, int argsz, int flags) {
    to.feature(argsz, flags, MemorySegment.ofArray(data), published -> 0, (address, size) -> null);
  }

  /** A device that migrates without having anything to say, and logs nothing. */
  private static final class Mover extends ToyDevices.Card implements Migratable, LogsDma {
    private final MigrationModel migration = new ToyMigration();

    @Override
    public MigrationModel migration() {
      return migration;
    }

    @Override
    public DmaLog dmaLog() {
      return new NoLog();
    }
  }

  private static final class NoLog implements DmaLog {
    @Override
    public long start(List<DmaRange> ranges, long pageSize) {
      return pageSize;
    }

    @Override
    public void stop() {}

    @Override
    public void report(DirtyBitmap dirty) {}
  }
}
