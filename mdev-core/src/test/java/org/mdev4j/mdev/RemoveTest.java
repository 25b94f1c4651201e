package org.mdev4j.mdev;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.mdev4j.mdev.ToyHost.assertErrno;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.sysfs.SysfsFile;
import org.mdev4j.vfio.DeviceFile;

@DisplayName("mdev 6, 7: remove")
class RemoveTest {
  private static final byte[] ONE = "1".getBytes(ISO_8859_1);

  private final ToyHost toys = new ToyHost();
  private final ToyParent parent = toys.parent("p", 3);

  @AfterEach
  void close() {
    toys.close();
  }

  @Test
  @DisplayName("leaves nothing in the tree, the registry or the counter; the UUID is free at once")
  void leavesNothing() {
    List<String> before = toys.tree();
    UUID uuid = toys.uuid();
    for (int i = 0; i < 3; i++) {
      parent.create(i == 1 ? "2" : "1", uuid);
      parent.remove(uuid);
      assertThat(toys.tree()).isEqualTo(before);
      assertThat(toys.mdev().deviceCount()).isZero();
      assertThat(toys.vfio().deviceCount()).isZero();
      assertThat(parent.core().live()).isEmpty();
      assertThat(parent.available("1")).isEqualTo(3);
      assertThat(parent.available("2")).isEqualTo(3);
    }
  }

  @Test
  @DisplayName("6.3: a file that was opened before gives ENODEV afterwards; the path is gone")
  void endsOpenFiles() {
    UUID uuid = parent.create("1");
    try (SysfsFile remove = toys.openForWrite(parent.mdev(uuid) + "/remove")) {
      parent.remove(uuid);
      assertErrno(Errno.ENODEV, () -> remove.write(ONE));
    }
    assertErrno(Errno.ENOENT, () -> parent.remove(uuid));
    assertThat(parent.available("1")).isEqualTo(3);
  }

  @Test
  @DisplayName("6: what a driver acquired goes newest first, after unregistration has returned")
  void givesBackInOrder() {
    List<String> closed = new ArrayList<>();
    toys.driver.probe =
        (mdev, scope) -> {
          scope.onClose(() -> closed.add("first " + (toys.vfio().device(mdev.name()) == null)));
          scope.onClose(() -> closed.add("second " + (toys.vfio().device(mdev.name()) == null)));
          return ToyDriver.model(mdev);
        };
    parent.remove(parent.create("1"));
    assertThat(closed).containsExactly("second true", "first true");
  }

  @Test
  @DisplayName("a driver may have a device that is in use refused: EBUSY, and nothing has changed")
  void refusedInUse() {
    toys.driver.removableInUse = false;
    UUID uuid = parent.create("1");
    List<String> before = toys.tree();
    DeviceFile file = toys.open(uuid);
    assertErrno(Errno.EBUSY, () -> parent.remove(uuid));
    assertThat(toys.tree()).isEqualTo(before);
    file.close();
    parent.remove(uuid);
    assertThat(toys.mdev().deviceCount()).isZero();
  }

  @Test
  @DisplayName("7: the instance comes back with the UUID, after everything else is gone")
  void countsLast() {
    toys.driver.probe =
        (mdev, scope) -> {
          scope.onClose(
              () -> {
                assertThat(parent.available("1")).isEqualTo(2);
                assertErrno(Errno.EEXIST, () -> parent.create("2", mdev.uuid()));
              });
          return ToyDriver.model(mdev);
        };
    parent.remove(parent.create("1"));
    assertThat(parent.available("1")).isEqualTo(3);
  }

  @Nested
  @DisplayName("6.4, 13.6: while the device is still being created")
  class WhileCreating {
    private final Turnstile probing = toys.turnstile();

    @Test
    @DisplayName("EAGAIN, and unlike in the kernel the attribute stays and works later")
    void keepsTheAttribute() {
      blockProbe(false);
      UUID uuid = toys.uuid();
      Background<UUID> creator = Background.call(() -> parent.create("1", uuid));
      probing.awaitArrival();
      assertErrno(Errno.EAGAIN, () -> parent.remove(uuid));
      assertErrno(Errno.EAGAIN, () -> parent.remove(uuid));
      assertThat(toys.exists(parent.mdev(uuid) + "/remove")).isTrue();
      assertThat(toys.exists(parent.mdev(uuid) + "/mdev_type")).isTrue();
      probing.open();
      creator.join();
      parent.remove(uuid);
      assertThat(toys.exists(parent.mdev(uuid))).isFalse();
    }

    @Test
    @DisplayName("EAGAIN also for one whose probe will fail, which is then gone by itself")
    void survivesFailingCreate() {
      blockProbe(true);
      UUID uuid = toys.uuid();
      Background<UUID> creator = Background.call(() -> parent.create("1", uuid));
      probing.awaitArrival();
      try (SysfsFile remove = toys.openForWrite(parent.mdev(uuid) + "/remove")) {
        assertErrno(Errno.EAGAIN, () -> remove.write(ONE));
        probing.open();
        assertErrno(Errno.ENXIO, creator::join);
        assertErrno(Errno.ENODEV, () -> remove.write(ONE));
      }
      assertThat(parent.available("1")).isEqualTo(3);
    }

    private void blockProbe(boolean fail) {
      toys.driver.probe =
          (mdev, scope) -> {
            probing.pass();
            if (fail) {
              throw new ErrnoException(Errno.ENXIO, "refused by a test");
            }
            return ToyDriver.model(mdev);
          };
    }
  }

  @Nested
  @DisplayName("6.7: while a user has the device open")
  class WhileOpen {
    private final UUID uuid = parent.create("1");
    private final DeviceFile file = toys.open(uuid);
    private final ToyModel model = toys.model(uuid);

    @Test
    @DisplayName("it blocks; what leads to the device is gone, its group and vfio-dev stay")
    void showsTheRest() {
      toys.events();
      Background<Void> remover = remove();
      assertThat(toys.exists("/sys/bus/mdev/devices/" + uuid)).isFalse();
      assertThat(toys.names(parent.type("1") + "/devices")).isEmpty();
      assertThat(toys.names(parent.mdev(uuid))).containsExactly("iommu_group", "vfio-dev");
      assertThat(toys.names("/sys/bus/mdev/drivers/toy"))
          .containsExactly("bind", "module", "uevent", "unbind");
      assertThat(toys.events()).isEmpty();
      assertThat(parent.available("1")).isEqualTo(2);
      assertThat(remover.isDone()).isFalse();
      file.close();
      remover.join();
      assertThat(toys.exists(parent.mdev(uuid))).isFalse();
      assertThat(parent.available("1")).isEqualTo(3);
    }

    @Test
    @DisplayName("other devices of the parent come and go")
    void disturbsNobody() {
      Background<Void> remover = remove();
      UUID other = parent.create("1");
      parent.create("2");
      parent.remove(other);
      assertThat(remover.isDone()).isFalse();
      file.close();
      remover.join();
    }

    @Test
    @DisplayName("it ends with the last of several files; more may be opened meanwhile")
    void waitsForAll() {
      Background<Void> remover = remove();
      DeviceFile second = toys.open(uuid);
      file.close();
      remover.awaitStandingIn(Mdev.class, "storeRemove");
      assertThat(model.calls).containsExactly("open", "request 0");
      second.close();
      remover.join();
      assertThat(model.calls).containsExactly("open", "request 0", "close");
    }

    @Test
    @DisplayName("the user is asked again every 10 seconds")
    void asksAgain() {
      Background<Void> remover = remove();
      await().atMost(Background.LIMIT).until(() -> toys.clock.timers() > 0);
      toys.clock.advance(Duration.ofSeconds(10));
      await().atMost(Background.LIMIT).until(() -> model.calls.contains("request 1"));
      file.close();
      remover.join();
      assertThat(model.calls).containsExactly("open", "request 0", "request 1", "close");
    }

    @Test
    @DisplayName("an interrupt doesn't end it, and is there afterwards")
    void keepsInterrupts() {
      Background<Boolean> remover =
          Background.call(
              () -> {
                parent.remove(uuid);
                return Thread.interrupted();
              });
      model.awaitRequest();
      remover.interrupt();
      remover.awaitStandingIn(Mdev.class, "storeRemove");
      assertThat(toys.names(parent.mdev(uuid))).contains("iommu_group");
      file.close();
      assertThat(remover.join()).isTrue();
      assertThat(parent.available("1")).isEqualTo(3);
    }

    @Test
    @DisplayName("the driver's module can't be unloaded: EAGAIN")
    void keepsTheModule() {
      Background<Void> remover = remove();
      assertErrno(Errno.EAGAIN, () -> toys.host.modules().rmmod("toy"));
      file.close();
      remover.join();
      toys.host.modules().rmmod("toy");
    }

    private Background<Void> remove() {
      Background<Void> remover = Background.run(() -> parent.remove(uuid));
      model.awaitRequest();
      return remover;
    }
  }

  @Nested
  @DisplayName("6.3, 14: twice in parallel")
  class InParallel {
    @Test
    @DisplayName("the loser returns success, and only when the winner is done")
    void loserWaits() {
      UUID uuid = parent.create("1");
      DeviceFile file = toys.open(uuid);
      List<Background<Void>> removers = new ArrayList<>();
      toys.events();
      // Both are in the attribute's store before one of them can win.
      toys.holdingListLock(
          () -> {
            for (int i = 0; i < 3; i++) {
              removers.add(
                  Background.run(() -> parent.remove(uuid))
                      .awaitStandingIn(InstanceRegistry.class, "claimRemoval"));
            }
          });
      await().atMost(Background.LIMIT).until(() -> !toys.exists("/sys/bus/mdev/devices/" + uuid));
      removers.forEach(remover -> remover.awaitStandingIn(Mdev.class, "storeRemove"));
      assertThat(toys.names(parent.mdev(uuid))).contains("vfio-dev");
      file.close();
      for (Background<Void> remover : removers) {
        remover.join();
        assertThat(toys.exists(parent.mdev(uuid))).isFalse();
        assertThat(parent.available("1")).isEqualTo(3);
      }
      assertThat(toys.events()).filteredOn(event -> event.startsWith("remove@")).hasSize(3);
    }

    @Test
    @DisplayName("an interrupted loser waits too, and keeps the interrupt")
    void loserKeepsInterrupts() {
      UUID uuid = parent.create("1");
      DeviceFile file = toys.open(uuid);
      List<Background<Boolean>> removers = new ArrayList<>();
      toys.holdingListLock(
          () -> {
            for (int i = 0; i < 2; i++) {
              removers.add(
                  Background.call(
                          () -> {
                            parent.remove(uuid);
                            return Thread.interrupted();
                          })
                      .awaitStandingIn(InstanceRegistry.class, "claimRemoval"));
            }
          });
      removers.forEach(remover -> remover.awaitStandingIn(Mdev.class, "storeRemove"));
      await().atMost(Background.LIMIT).until(() -> !toys.exists("/sys/bus/mdev/devices/" + uuid));
      removers.forEach(Background::interrupt);
      removers.forEach(remover -> remover.awaitStandingIn(Mdev.class, "storeRemove"));
      file.close();
      removers.forEach(remover -> assertThat(remover.join()).isTrue());
    }

    @Test
    @DisplayName("many times: at least one succeeds, all others find it gone, nothing is lost")
    void races() {
      for (int round = 0; round < 100; round++) {
        UUID uuid = parent.create("1");
        CountDownLatch go = new CountDownLatch(1);
        List<Background<Boolean>> removers = new ArrayList<>();
        for (int i = 0; i < 3; i++) {
          removers.add(
              Background.call(
                  () -> {
                    go.await();
                    try {
                      parent.remove(uuid);
                      assertThat(toys.mdev().vfioDevice(uuid)).isNull();
                      return true;
                    } catch (ErrnoException refusal) {
                      assertThat(refusal.errno()).isIn(Errno.ENOENT, Errno.ENODEV);
                      return false;
                    }
                  }));
        }
        go.countDown();
        assertThat(removers.stream().map(Background::join).toList()).contains(true);
        assertThat(parent.available("1")).isEqualTo(3);
        assertThat(toys.mdev().deviceCount()).isZero();
      }
    }
  }
}
