package org.mdev4j.driver.ccw.bus;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.driver.ccw.Errnos.assertErrno;

import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.css.Irb;
import org.mdev4j.css.PathEvent;
import org.mdev4j.css.Pmcw;
import org.mdev4j.css.Scsw;
import org.mdev4j.css.Subchannel;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.lifetime.Scope;
import org.mdev4j.driver.ccw.CcwHost;
import org.mdev4j.driver.ccw.device.ScriptedSubchannel;
import org.mdev4j.mdev.Mdev;
import org.mdev4j.mdev.MdevDevice;
import org.mdev4j.mdev.MdevDriver;
import org.mdev4j.mdev.MdevModel;
import org.mdev4j.vfio.model.DeviceApi;

@DisplayName("ccw 6: what the css driver answers, without a device")
class SubchannelDriverTest {
  private final CcwHost host = new CcwHost();
  private final Subchannels subchannels = new Subchannels();
  private SubchannelDriver driver;
  private Subchannel subchannel;

  /** Never asked for a device here. */
  private static final class NoDevices implements MdevDriver {
    @Override
    public String name() {
      return "none";
    }

    @Override
    public DeviceApi deviceApi() {
      return DeviceApi.CCW;
    }

    @Override
    public MdevModel probe(MdevDevice mdev, Scope scope) {
      throw new AssertionError("there are no devices here");
    }
  }

  @BeforeEach
  void makeDriver() {
    driver = new SubchannelDriver(host.host.service(Mdev.class), new NoDevices(), subchannels);
    subchannel = host.subchannel(0);
  }

  @AfterEach
  void close() {
    host.close();
  }

  private void locked(Runnable action) {
    ReentrantLock lock = subchannel.lock();
    lock.lock();
    try {
      action.run();
    } finally {
      lock.unlock();
    }
  }

  @Test
  @DisplayName("9.82: a subchannel that is healthy is left alone")
  void healthy() {
    assertThat(driver.event(subchannel)).isTrue();
    assertThat(subchannel.isScheduled()).isFalse();
  }

  @Test
  @DisplayName("9.82: one that something is scheduled for is asked for again later")
  void scheduled() {
    ScriptedSubchannel busy = new ScriptedSubchannel();
    busy.scheduleUnregister();
    assertThat(driver.event(busy)).isFalse();
  }

  @Test
  @DisplayName("9.81: a change of the fabric is nothing")
  void fabric() {
    locked(
        () -> {
          int lpm = subchannel.lpm();
          int opm = subchannel.opm();
          driver.pathEvent(subchannel, 0x20, PathEvent.FCES);
          assertThat(subchannel.lpm()).isEqualTo(lpm);
          assertThat(subchannel.opm()).isEqualTo(opm);
        });
  }

  @Test
  @DisplayName("9.81: a path of a subchannel that is gone is ENODEV")
  void pathOfGone() {
    locked(
        () -> {
          host.panel().unplug(CcwHost.DISK);
          for (PathEvent event : PathEvent.values()) {
            assertErrno(Errno.ENODEV, () -> driver.pathEvent(subchannel, 0x20, event));
          }
        });
  }

  @Test
  @DisplayName("9.81: but a path that is none of its own is nothing, also then")
  void foreignPathOfGone() {
    locked(
        () -> {
          host.panel().unplug(CcwHost.DISK);
          driver.pathEvent(subchannel, 0x55, PathEvent.OFFLINE);
        });
  }

  @Test
  @DisplayName("9.11: an interrupt for nobody is counted, and the subchannel disabled")
  void spurious() {
    locked(
        () -> {
          subchannel.enable(1);
          driver.interrupt(subchannel, Irb.of(new Scsw(0x11, 0, 0), 0x80, new byte[0]));
          assertThat(subchannel.refresh().pmcw().has(Pmcw.ENABLED)).isFalse();
        });
    assertThat(subchannels.spuriousInterrupts()).isOne();
  }

  @Test
  @DisplayName("9.11: also if it can't be disabled any more")
  void spuriousFromGone() {
    locked(
        () -> {
          host.panel().unplug(CcwHost.DISK);
          driver.interrupt(subchannel, Irb.of(new Scsw(0x11, 0, 0), 0x80, new byte[0]));
        });
    assertThat(subchannels.spuriousInterrupts()).isOne();
  }
}
