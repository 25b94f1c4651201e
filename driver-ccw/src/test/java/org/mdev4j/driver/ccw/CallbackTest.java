package org.mdev4j.driver.ccw;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mdev4j.driver.ccw.CcwHost.DISK;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.locks.ReentrantLock;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.css.Crw;
import org.mdev4j.css.Subchannel;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.Vfio;

@DisplayName("ccw 1.3: a callback finds a registered device or has a defined answer")
class CallbackTest {
  private final CcwHost host = new CcwHost();

  @AfterEach
  void close() {
    host.close();
  }

  /** Enables a subchannel that nobody has open, as if it had been left so. */
  private void leaveEnabled(int number) {
    Subchannel subchannel = host.subchannel(number);
    ReentrantLock lock = subchannel.lock();
    lock.lock();
    try {
      subchannel.enable(subchannel.id().word());
    } finally {
      lock.unlock();
    }
  }

  private void everythingHappens() {
    host.panel().device(DISK).present(0x80);
    host.css().settle();
    host.css().inject(Crw.of(Crw.RSC_SUBCHANNEL, Crw.ERC_IPARM, 0));
    host.css().inject(Crw.of(Crw.RSC_PATH, Crw.ERC_PERRN, 0x20));
    host.css().inject(Crw.of(Crw.RSC_PATH, Crw.ERC_INIT, 0x20));
    host.css().varyPath(0x20, false);
    host.css().varyPath(0x20, true);
    host.css().settle();
  }

  @Test
  @DisplayName("9.11: without a device nothing fails, and nothing is asked again and again")
  void withoutDevice() {
    host.bind(0);
    leaveEnabled(0);
    everythingHappens();
    host.shutdown();
    assertThat(host.isEnabled(0)).as("status came for nobody, so it was disabled").isFalse();
    assertThat(host.subchannel(0).isScheduled()).as("9.82: nothing is left to evaluate").isFalse();
    assertThat(host.trace()).isEmpty();
    try (CcwUser user = host.open(host.create(0))) {
      assertThat(host.state(user)).isEqualTo("IDLE");
    }
  }

  @Test
  @DisplayName("9.11: a subchannel without a device that is gone is unregistered")
  void goneWithoutDevice() {
    host.bind(0);
    Subchannel gone = host.subchannel(0);
    host.panel().unplug(DISK);
    host.awaitUnregistered(gone);
    assertThat(host.exists("/sys/bus/css/devices/0.0.0000")).isFalse();
  }

  @Test
  @DisplayName("9.11, 9.15: callbacks keep no reference: the device can be removed")
  void keepNoReference() {
    host.bind(0);
    String uuid = host.create(0);
    leaveEnabled(0);
    everythingHappens();
    assertThat(host.isEnabled(0)).as("9.34: it was closed, so it was disabled").isFalse();
    CcwHost.join(CcwHost.inBackground(() -> host.remove(uuid)));
    assertThat(host.available(0)).isOne();
    assertThat(host.host.service(Vfio.class).deviceCount()).isZero();
  }

  @Test
  @DisplayName("9.15: a path that is none of the subchannel's is nothing, and keeps no reference")
  void foreignPath() {
    host.bind(1);
    String uuid = host.create(1);
    try (CcwUser user = host.open(uuid)) {
      for (int erc : new int[] {Crw.ERC_PERRN, Crw.ERC_INIT}) {
        host.css().inject(Crw.of(Crw.RSC_PATH, erc, 0x21));
        host.css().inject(Crw.of(Crw.RSC_PATH, erc, 0x55));
      }
      host.css().settle();
      assertThat(user.readCrw()).isZero();
      assertThat(user.crw.peek()).isZero();
      assertThat(host.subchannel(1).lpm()).isEqualTo(0x80);
    }
    CcwHost.join(CcwHost.inBackground(() -> host.remove(uuid)));
  }

  @Test
  @DisplayName("9.13: who opens a device as soon as it can be opened gets the first interrupt")
  void earlyInterrupt() {
    host.bind(0);
    for (int round = 0; round < 20; round++) {
      String uuid = CcwHost.uuid(1000 + round);
      CompletableFuture<Void> user =
          CcwHost.inBackground(
              () -> {
                try (CcwUser early = openAtOnce(uuid)) {
                  early.start(0xE4, 40);
                  assertThat(early.awaitIrb().scsw().deviceStatus()).isEqualTo(0x0C);
                }
              });
      host.write(host.type(0) + "/create", uuid);
      CcwHost.join(user);
      host.remove(uuid);
    }
  }

  private CcwUser openAtOnce(String uuid) {
    while (true) {
      try {
        if (host.exists("/sys/bus/mdev/devices/" + uuid + "/iommu_group")) {
          return host.open(uuid);
        }
      } catch (ErrnoException notYet) {
        Thread.onSpinWait();
      }
    }
  }

  @Test
  @DisplayName("9.12: callbacks against create and remove: no reference is lost, no remove hangs")
  void race() {
    host.bind(0);
    AtomicBoolean over = new AtomicBoolean();
    CompletableFuture<Void> hardware =
        CcwHost.inBackground(
            () -> {
              while (!over.get()) {
                host.css().inject(Crw.of(Crw.RSC_SUBCHANNEL, Crw.ERC_IPARM, 0));
                host.css().inject(Crw.of(Crw.RSC_PATH, Crw.ERC_INIT, 0x20));
                host.css().varyPath(0x21, false);
                host.css().varyPath(0x21, true);
                leaveEnabled(0);
                host.panel().device(DISK).present(0x80);
                host.css().settle();
              }
            });
    CompletableFuture<Void> operator =
        CcwHost.inBackground(
            () -> {
              for (int round = 0; round < ROUNDS; round++) {
                host.remove(host.create(0));
              }
            });
    try {
      CcwHost.join(operator);
    } finally {
      over.set(true);
      CcwHost.join(hardware);
    }
    assertThat(host.available(0)).isOne();
    assertThat(host.host.service(Vfio.class).deviceCount()).isZero();
    await().atMost(CcwHost.LIMIT).until(() -> !host.isEnabled(0));
  }

  /** Creates and removes; each comes upon callbacks at another point. */
  private static final int ROUNDS = 10_000;
}
