package org.mdev4j.sim.css.machine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.mdev4j.css.Ccw;
import org.mdev4j.css.ConditionCode;
import org.mdev4j.css.Crw;
import org.mdev4j.css.Irb;
import org.mdev4j.css.Orb;
import org.mdev4j.css.Pmcw;
import org.mdev4j.css.Quiesce;
import org.mdev4j.css.Schib;
import org.mdev4j.css.Scsw;
import org.mdev4j.css.Subchannel;
import org.mdev4j.device.Uevents;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.host.Host;
import org.mdev4j.device.host.HostBuffer;
import org.mdev4j.sim.css.CssMachines;
import org.mdev4j.sim.css.HoldPoint;
import org.mdev4j.sim.css.SimulatedDevice;

/** What a driver of subchannels lives through: I/O, machine checks, paths, plugging. */
class HotPlugTest {
  private static final Ccw NOP = new Ccw(0x03, Ccw.SUPPRESS_LENGTH, 1, 0);
  private static final Ccw NOP_SUSPENDED = new Ccw(0x03, Ccw.SUPPRESS_LENGTH | Ccw.SUSPEND, 1, 0);

  private final CssBench bench = new CssBench(CssMachines.find("s390-oracle").orElseThrow());
  private final Host host = bench.host();
  private final RecordingDriver driver = new RecordingDriver("vfio_ccw");
  private Subchannel subchannel = bench.subchannel(1);

  @BeforeEach
  void bind() throws IOException {
    bench.register(driver);
    subchannel = bench.rebind(1, "vfio_ccw");
    assertThat(subchannel.lpm()).isEqualTo(0x80);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private void locked(Runnable action) {
    subchannel.lock().lock();
    try {
      action.run();
    } finally {
      subchannel.lock().unlock();
    }
  }

  private void enable() {
    locked(() -> subchannel.enable(77));
  }

  private SimulatedDevice device() {
    return bench.panel().device(0x1002);
  }

  private void write(String path, String text) throws IOException {
    Files.writeString(host.path(path), text, java.nio.file.StandardOpenOption.WRITE);
    bench.css().settle();
  }

  @Test
  void ioAndItsInterrupt() throws Exception {
    enable();
    Schib enabled = subchannel.schib();
    assertThat(enabled.pmcw().has(Pmcw.ENABLED)).isTrue();
    assertThat(enabled.pmcw().isc()).isEqualTo(3);
    assertThat(enabled.pmcw().word6()).isEqualTo(Pmcw.CONCURRENT_SENSE);
    try (HostBuffer program = bench.program(NOP)) {
      assertThat(subchannel.ssch(CssBench.orb(program, 0))).isEqualTo(ConditionCode.CC0);
      Irb irb = driver.await();
      assertThat(irb.scsw().word2()).isEqualTo(0x0C00_0000);
      assertThat(irb.scsw().cpa()).isEqualTo((int) program.address() + 8);
    }
    locked(subchannel::disable);
    assertThat(subchannel.schib().pmcw().has(Pmcw.ENABLED)).isFalse();
    assertThat(subchannel.csch()).isEqualTo(ConditionCode.CC3);
  }

  @Test
  void interruptsWithParameter0AreThrownAway() {
    locked(() -> subchannel.enable(0));
    assertThat(subchannel.hsch()).isEqualTo(ConditionCode.CC0);
    bench.css().settle();
    assertThat(driver.waiting()).isZero();
    assertThat(subchannel.tsch().cc()).isEqualTo(ConditionCode.CC1);
  }

  @Test
  void disableWithAFunctionInProgressIsBusyAndSwallowsStatus() throws Exception {
    enable();
    try (HostBuffer program = bench.program(NOP_SUSPENDED)) {
      Orb orb = CssBench.orb(program, Orb.SUSPEND | Orb.SUPPRESS_SUSPENDED);
      assertThat(subchannel.ssch(orb)).isEqualTo(ConditionCode.CC0);
      bench.css().settle();
      assertErrno(Errno.EBUSY, () -> locked(subchannel::disable));
      Quiesce quiesce = new Quiesce(subchannel);
      locked(() -> assertThat(quiesce.round()).isTrue());
      locked(subchannel::disable);
      assertThat(driver.waiting()).isZero();
    }
    enable();
    locked(
        () -> {
          assertThat(subchannel.csch()).isEqualTo(ConditionCode.CC0);
          await().until(() -> subchannel.stsch().scsw().status() == 1);
          subchannel.disable();
        });
    bench.css().settle();
    assertThat(driver.waiting()).isZero();
  }

  @Test
  void quiesceHaltsWhatIsActive() throws Exception {
    enable();
    device().hold(HoldPoint.COMMAND);
    try (HostBuffer program = bench.program(NOP)) {
      assertThat(subchannel.ssch(CssBench.orb(program, 0))).isEqualTo(ConditionCode.CC0);
      bench.css().settle();
      Quiesce quiesce = new Quiesce(subchannel);
      locked(() -> assertThat(quiesce.round()).isFalse());
      assertThat(driver.await().scsw().has(Scsw.HALT)).isTrue();
      locked(subchannel::disable);
      locked(() -> assertThat(quiesce.round()).isTrue());
    }
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void unplugTellsTheDriverAndTakesTheSubchannelAway(boolean inFlight) throws Exception {
    enable();
    Uevents.Subscription uevents = host.uevents().subscribe();
    try (HostBuffer program = bench.program(NOP)) {
      if (inFlight) {
        device().hold(HoldPoint.COMMAND);
        assertThat(subchannel.ssch(CssBench.orb(program, 0))).isEqualTo(ConditionCode.CC0);
      }
      bench.panel().unplug(0x1002);
      await().until(() -> bench.css().subchannel(subchannel.id()) == null);
      assertThat(driver.events()).containsExactly("gone");
      assertThat(driver.waiting()).isZero();
      assertThat(subchannel.isRegistered()).isFalse();
      assertErrno(Errno.ENODEV, () -> locked(subchannel::refresh));
      assertErrno(Errno.ENODEV, () -> locked(() -> new Quiesce(subchannel).round()));
      assertErrno(Errno.ENODEV, () -> bench.panel().unplug(0x1002));
      assertThat(uevents.drain())
          .extracting(Object::toString)
          .containsExactly(
              "unbind@/devices/css0/0.0.0001 SUBSYSTEM=css ST=0",
              "remove@/devices/css0/0.0.0001 SUBSYSTEM=css ST=0 MODALIAS=css:t0");
    }
  }

  @Test
  void pluggedAgainItIsNew() throws Exception {
    bench.panel().unplug(0x1002);
    await().until(() -> bench.css().subchannel(subchannel.id()) == null);
    Uevents.Subscription uevents = host.uevents().subscribe();
    bench
        .panel()
        .plug("{\"device\": \"1002\", \"chpids\": [\"00\"], \"kind\": \"virtio\", \"virtio\": 2}");
    bench.css().settle();
    assertThat(uevents.drain())
        .extracting(event -> event.header().replaceAll("virtio\\d", "virtioN"))
        .containsExactly(
            "add@/devices/css0/0.0.0001",
            "bind@/devices/css0/0.0.0001",
            "add@/devices/css0/0.0.0001/0.0.1002",
            "bind@/devices/css0/0.0.0001/0.0.1002",
            "add@/devices/css0/0.0.0001/0.0.1002/virtioN");
    assertErrno(
        Errno.EEXIST, () -> bench.panel().plug("{\"device\": \"1002\", \"kind\": \"3270\"}"));
  }

  @Test
  void unplugOfADeviceOnTheStandardDriver() {
    bench.panel().unplug(0x1004);
    await().until(() -> host.devices().uevents() != null && bench.css().subchannels().size() == 3);
    assertThat(Files.exists(host.path("/sys/bus/ccw/devices/0.0.1004"))).isFalse();
  }

  @Test
  void driverThatAsksToBeAskedLater() {
    driver.postpone(2);
    bench.css().inject(Crw.of(Crw.RSC_SUBCHANNEL, Crw.ERC_IPARM, 1));
    await().until(() -> driver.events().size() == 3);
    assertThat(driver.events()).containsExactly("later", "later", "there");
  }

  @Test
  void reportsAreFiltered() throws IOException {
    write("/sys/kernel/debug/s390/cio/enable_inject", "1");
    String inject = "/sys/kernel/debug/s390/cio/crw_inject";
    for (String report :
        List.of(
            "0 0 0 4 0 2 00",
            "0 0 0 4 0 4 00",
            "0 0 0 4 0 6 00",
            "0 0 0 4 0 7 00",
            "1 0 0 4 0 2 00",
            "0 0 0 4 0 5 00",
            "0 0 0 4 0 3 00",
            "0 0 0 9 0 2 00",
            "0 0 0 4 0 2 01",
            "0 0 0 3 0 4 0001",
            "0 1 0 4 0 2 00")) {
      write(inject, report);
    }
    assertThat(driver.events())
        .containsExactly(
            "ONLINE 0", "ONLINE 0", "OFFLINE 0", "OFFLINE 0", "ONLINE 1", "there", "there");
    assertThatThrownBy(() -> write(inject, "0 0 0 4")).hasMessageContaining("EINVAL");
    assertThatThrownBy(() -> write(inject, "0 0 0 4 0 2 xyz")).hasMessageContaining("EINVAL");
    write("/sys/kernel/debug/s390/cio/enable_inject", "0");
    assertThatThrownBy(() -> write(inject, "0 0 0 4 0 2 00")).hasMessageContaining("EINVAL");
  }

  @Test
  void chainedReportNamesTheSubchannelSet() {
    bench
        .css()
        .inject(
            new Crw(Crw.of(Crw.RSC_SUBCHANNEL, 4, 1).word() | Crw.CHAINED),
            Crw.of(Crw.RSC_SUBCHANNEL, 4, 1 << 4));
    bench.css().settle();
    assertThat(driver.events()).as("0.1.0001 is another one").isEmpty();
  }

  @Test
  void configuringAPathOff() throws IOException {
    enable();
    String configure = "/sys/devices/css0/chp0.00/configure";
    write(configure, "0");
    assertThat(Files.readString(host.path(configure))).isEqualTo("0\n");
    assertThat(Files.readString(host.path("/sys/bus/css/devices/0.0.0001/pimpampom")))
        .isEqualTo("80 00 ff\n");
    assertThat(driver.events()).containsExactly("OFFLINE 0");
    assertThat(Files.exists(host.path("/sys/bus/ccw/devices/0.0.1001"))).isFalse();
    write(configure, "1");
    assertThat(driver.events()).containsExactly("OFFLINE 0", "ONLINE 0");
    assertThat(Files.exists(host.path("/sys/bus/ccw/devices/0.0.1001"))).isTrue();
    assertErrno(Errno.ENODEV, () -> bench.panel().configurePath(5, true));
    assertErrno(Errno.ENODEV, () -> bench.css().varyPath(5, true));
  }

  @Test
  void varyReachesTheDriverOnce() {
    bench.css().varyPath(0, false);
    bench.css().varyPath(0, false);
    bench.css().varyPath(0, true);
    assertThat(driver.events()).containsExactly("VARY_OFF 0", "VARY_ON 0");
  }

  @Test
  void boundWhileItsPathIsVariedOff() throws IOException {
    bench.css().varyPath(0, false);
    Subchannel other = bench.rebind(0, "vfio_ccw");
    assertThat(other.opm()).isEqualTo(0x7F);
    assertThat(other.lpm()).isZero();
  }

  @Test
  void terminal() throws Exception {
    subchannel = bench.rebind(2, "vfio_ccw");
    enable();
    SimulatedDevice terminal = bench.panel().device(0x1003);
    var console = java.util.Objects.requireNonNull(terminal.console());
    console.connect(ignored -> {});
    assertThat(driver.await().scsw().deviceStatus()).isEqualTo(0x04);
    console.input(new byte[] {0x7D});
    assertThat(driver.await().scsw())
        .extracting(Scsw::status, Scsw::deviceStatus)
        .containsExactly(0x11, 0x80);
    console.disconnect();
    bench.css().settle();
    assertThat(driver.waiting()).isZero();
  }

  private static void assertErrno(Errno errno, Runnable action) {
    assertThatThrownBy(action::run)
        .isInstanceOfSatisfying(ErrnoException.class, e -> assertThat(e.errno()).isEqualTo(errno));
  }
}
