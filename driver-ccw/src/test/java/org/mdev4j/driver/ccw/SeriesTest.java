package org.mdev4j.driver.ccw;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.css.Crw;
import org.mdev4j.css.Subchannel;
import org.mdev4j.device.host.Tracing;
import org.mdev4j.device.host.WorkQueue;
import org.mdev4j.driver.ccw.device.CcwDevice;
import org.mdev4j.driver.ccw.device.HostServices;
import org.mdev4j.vfio.Lease;
import org.mdev4j.vfio.Vfio;
import org.mdev4j.vfio.model.VfioDevice;

/**
 * What each row of the series means here. Row 1 is in {@code device.HostProgramTest}, row 2 in
 * {@link FailedCreateTest}, row 5 in {@code fsm.StateTableTest} and what stands beside it.
 */
@DisplayName("the series behind the project, rows 3, 4 and 8 to 10")
class SeriesTest {
  private final CcwHost host = new CcwHost();

  @AfterEach
  void close() {
    host.close();
  }

  private static JavaClasses deviceCode() {
    JavaClasses classes =
        new ClassFileImporter()
            .importPackages(
                "org.mdev4j.driver.ccw.device",
                "org.mdev4j.driver.ccw.fsm",
                "org.mdev4j.driver.ccw.program");
    assertThat(classes.contain(CcwDevice.class)).isTrue();
    return classes;
  }

  @Test
  @DisplayName("rows 3, 8: device code works on its own object and knows no mediated device")
  void deviceCodeKnowsNoMdev() {
    noClasses()
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.mdev4j.mdev..")
        .check(deviceCode());
  }

  @Test
  @DisplayName("rows 3, 8: it is made of the subchannel and what the host lends")
  void madeOfTheSubchannel() {
    assertThat(CcwDevice.class.getConstructors())
        .singleElement()
        .satisfies(
            constructor ->
                assertThat(constructor.getParameterTypes())
                    .containsExactly(Subchannel.class, HostServices.class, WorkQueue.class));
  }

  @Test
  @DisplayName("row 4: each device is alone in a group of its own, that has no IOMMU behind it")
  void groupOfItsOwn() {
    host.bind(0);
    host.bind(1);
    String first = group(host.create(0));
    String second = group(host.create(1));
    assertThat(first).isNotEqualTo(second);
    assertThat(host.read("/sys/kernel/iommu_groups/" + first + "/type")).isEqualTo("unknown");
  }

  private String group(String uuid) {
    return host.host.tree().resolve("/sys/bus/mdev/devices/" + uuid + "/iommu_group").name();
  }

  @Test
  @DisplayName("row 9: a reference that was gotten keeps the device registered until it is put")
  void leaseKeepsRegistered() {
    host.bind(0);
    String uuid = host.create(0);
    Lease<VfioDevice> lease =
        Objects.requireNonNull(
            Objects.requireNonNull(host.host.service(Vfio.class).device(uuid)).tryGet());
    CompletableFuture<Void> removal = CcwHost.inBackground(() -> host.remove(uuid));
    host.awaitTimer();
    assertThat(removal).isNotDone();
    lease.close();
    CcwHost.join(removal);
    assertThat(host.host.service(Vfio.class).device(uuid)).isNull();
  }

  @Test
  @DisplayName("rows 9, 10: a device is not removed while a callback is at work in it")
  void callbackKeepsRegistered() throws InterruptedException {
    CcwUser user = host.open(0);
    CountDownLatch inside = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    Tracing.Listening listening =
        host.host
            .tracing()
            .listen(
                event -> {
                  if ("INTERRUPT".equals(event.fields().get("event"))) {
                    inside.countDown();
                    awaitUninterruptibly(goOn);
                  }
                });
    host.panel().device(CcwHost.DISK).present(0x80);
    inside.await();
    CompletableFuture<Void> removal = CcwHost.inBackground(() -> host.unbind(0));
    CompletableFuture<Void> closing = CcwHost.inBackground(user::close);
    host.awaitTimer();
    assertThat(removal).isNotDone();
    goOn.countDown();
    CcwHost.join(closing);
    CcwHost.join(removal);
    listening.close();
  }

  private static void awaitUninterruptibly(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  @DisplayName("row 10: callbacks find the device that is registered now, or none")
  void callbacksFindTheCurrentDevice() {
    host.bind(0);
    String first = host.create(0);
    host.remove(first);
    report();
    String second = host.create(0);
    try (CcwUser user = host.open(second)) {
      assertThat(user.readCrw()).as("reported while no device was there").isZero();
      report();
      CcwUser.await(user.crw);
      assertThat(user.readCrw()).isEqualTo(0x0402_0020);
    }
  }

  private void report() {
    host.css().inject(Crw.of(Crw.RSC_PATH, Crw.ERC_INIT, 0x20));
    host.css().settle();
  }

  @Test
  @DisplayName("row 10: the css driver makes the parent and its type, and no attribute or state")
  void cssDriverOwnsTheParentOnly() {
    host.bind(0);
    assertThat(host.isEnabled(0)).isFalse();
    assertThat(host.host.path(host.type(0)).getFileName()).hasToString("vfio_ccw-io");
    host.unbind(0);
    assertThat(host.exists("/sys/bus/css/devices/0.0.0000/mdev_supported_types")).isFalse();
    host.bind(0);
    assertThat(host.available(0)).isOne();
  }
}
