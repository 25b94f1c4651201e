package org.mdev4j.mdev;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.mdev.ToyHost.assertErrno;
import static org.mdev4j.mdev.ToyHost.awaitUnregistering;

import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.DeviceSpec;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.device.lifetime.Gate;
import org.mdev4j.device.sysfs.OpenMode;
import org.mdev4j.device.sysfs.SysfsFile;
import org.mdev4j.vfio.DeviceFile;

@DisplayName("mdev 4, 14: unregistering a parent")
class ParentUnregistrationTest {
  private final ToyHost toys = new ToyHost();

  @AfterEach
  void close() {
    toys.close();
  }

  @Test
  @DisplayName("with 0 and with many children: nothing of it is left in the tree")
  void leavesNothing() {
    for (int children : List.of(0, 1, 50)) {
      ToyParent parent = toys.parent("p" + children, 100);
      parent.unregister();
      List<String> before = toys.tree();
      parent.register();
      for (int i = 0; i < children; i++) {
        parent.create(i % 2 == 0 ? "1" : "2");
      }
      parent.unregister();
      assertThat(toys.tree()).isEqualTo(before);
      assertThat(toys.mdev().deviceCount()).isZero();
      assertThat(toys.vfio().deviceCount()).isZero();
      assertThat(parent.core().live()).isEmpty();
    }
  }

  @Test
  @DisplayName("registered again: full counters, none of the old devices")
  void startsAnew() {
    ToyParent parent = toys.parent("p", 2);
    UUID uuid = parent.create("1");
    parent.unregister();
    parent.register();
    assertThat(parent.available("1")).isEqualTo(2);
    assertThat(toys.names(parent.type("1") + "/devices")).isEmpty();
    parent.create("2", uuid);
    assertThat(parent.available("2")).isEqualTo(1);
  }

  @Test
  @DisplayName("devices that were unbound by hand go too")
  void takesUnboundDevices() {
    ToyParent parent = toys.parent("p", 2);
    UUID uuid = parent.create("1");
    toys.write("/sys/bus/mdev/drivers/toy/unbind", uuid.toString());
    parent.unregister();
    assertThat(toys.exists(parent.mdev(uuid))).isFalse();
    assertThat(toys.mdev().deviceCount()).isZero();
  }

  @Test
  @DisplayName("4.4: children that are not on the mdev bus stay")
  void skipsStrangers() {
    ToyParent parent = toys.parent("p", 2);
    parent.create("1");
    toys.host
        .devices()
        .add(DeviceSpec.named("stranger").below(parent.device), toys.context().scope());
    parent.unregister();
    assertThat(toys.names(parent.path())).contains("stranger");
  }

  @Test
  @DisplayName("other parents keep their devices and their counters")
  void sparesOthers() {
    ToyParent parent = toys.parent("p", 2);
    ToyParent other = toys.parent("q", 2);
    parent.create("1");
    UUID uuid = other.create("1");
    parent.unregister();
    assertThat(toys.exists(other.mdev(uuid) + "/driver")).isTrue();
    assertThat(other.available("1")).isEqualTo(1);
  }

  @Test
  @DisplayName(
      "8: files of its types that were opened before give ENODEV, also after registering again")
  void endsOpenFiles() {
    ToyParent parent = toys.parent("p", 2);
    try (SysfsFile create = toys.openForWrite(parent.type("1") + "/create");
        SysfsFile available =
            toys.host.tree().open(parent.type("1") + "/available_instances", OpenMode.READ)) {
      parent.unregister();
      for (int i = 0; i < 2; i++) {
        assertErrno(Errno.ENODEV, () -> create.write(bytes(toys.uuid().toString())));
        assertErrno(Errno.ENODEV, () -> available.read(0, 100));
        parent.unregister();
        parent.register();
      }
      assertThat(parent.available("1")).isEqualTo(2);
      assertThat(toys.mdev().deviceCount()).isZero();
    }
  }

  @Test
  @DisplayName("7: a late release doesn't count into a new registration of the parent")
  void keepsCountersApart() {
    ToyParent parent = toys.parent("p", 2);
    RegisteredParent old = parent.core();
    InstanceRegistry registry = new InstanceRegistry();
    RegisteredType type = new RegisteredType(toys.mdev(), old, MdevType.named("1", "One"), "toy-1");
    MdevInstance late = new MdevInstance(toys.uuid(), old, type);
    registry.insert(late);
    parent.unregister();
    parent.register();
    registry.release(late);
    registry.release(late);
    assertThat(parent.available("1")).isEqualTo(2);
    assertThat(registry.available(old.account(), type.declared())).isEqualTo(2);
  }

  @Nested
  @DisplayName("while a device is open")
  class WithAnOpenDevice {
    private final ToyParent parent = toys.parent("p", 5);
    private final UUID before = parent.create("1");
    private final UUID open = parent.create("1");
    private final UUID after = parent.create("2");
    private final DeviceFile file = toys.open(open);
    private final ToyModel model = toys.model(open);

    @Test
    @DisplayName("it blocks, then completes")
    void blocks() {
      Background<Void> unregister = unregister();
      assertThat(toys.exists("/sys/class/mdev_bus/p")).isFalse();
      assertThat(toys.exists(parent.mdev(before))).isFalse();
      assertThat(toys.names(parent.mdev(open))).containsExactly("iommu_group", "vfio-dev");
      assertThat(toys.exists(parent.mdev(after) + "/driver")).isTrue();
      assertThat(unregister.isDone()).isFalse();
      file.close();
      unregister.join();
      assertThat(toys.exists(parent.mdev(after))).isFalse();
      assertThat(toys.exists(parent.path() + "/mdev_supported_types")).isFalse();
      assertThat(toys.mdev().deviceCount()).isZero();
    }

    @Test
    @DisplayName(
        "meanwhile create and remove give ENODEV; 0 is still nothing, nonsense still EINVAL")
    void refusesMeanwhile() {
      Background<Void> unregister = unregister();
      assertErrno(Errno.ENODEV, () -> parent.create("1"));
      assertErrno(Errno.ENODEV, () -> parent.remove(after));
      assertErrno(Errno.ENODEV, () -> parent.remove(after));
      assertThat(toys.exists(parent.mdev(after) + "/remove")).isTrue();
      assertThat(toys.write(parent.mdev(after) + "/remove", "0")).isEqualTo(1);
      assertErrno(Errno.EINVAL, () -> toys.write(parent.mdev(after) + "/remove", "no"));
      assertErrno(Errno.EINVAL, () -> parent.create("1", "no"));
      assertThat(parent.available("1")).isEqualTo(4);
      ToyParent other = toys.parent("q", 1);
      other.remove(other.create("1"));
      file.close();
      unregister.join();
    }

    @Test
    @DisplayName("an interrupt doesn't end the wait, and is there afterwards")
    void keepsInterrupts() {
      Background<Boolean> unregister =
          Background.call(
              () -> {
                parent.unregister();
                return Thread.interrupted();
              });
      model.awaitRequest();
      unregister.interrupt();
      unregister.awaitStandingIn(Mdev.class, "unregister");
      assertThat(toys.exists(parent.mdev(open))).isTrue();
      file.close();
      assertThat(unregister.join()).isTrue();
      assertThat(toys.mdev().deviceCount()).isZero();
    }

    @Test
    @DisplayName("6: a remove that is blocked keeps the parent, and both complete")
    void waitsForRemove() {
      Background<Void> remover = Background.run(() -> parent.remove(open));
      model.awaitRequest();
      Background<Void> unregister =
          Background.run(parent::unregister).awaitStandingIn(Gate.class, "closeAndDrain");
      assertThat(toys.exists("/sys/class/mdev_bus/p")).isTrue();
      assertThat(toys.exists(parent.mdev(before) + "/driver")).isTrue();
      assertErrno(Errno.ENODEV, () -> parent.create("1"));
      assertErrno(Errno.ENODEV, () -> parent.remove(before));
      file.close();
      remover.join();
      unregister.join();
      assertThat(toys.mdev().deviceCount()).isZero();
    }

    private Background<Void> unregister() {
      Background<Void> unregister = Background.run(parent::unregister);
      model.awaitRequest();
      return unregister;
    }
  }

  @Nested
  @DisplayName("while a create is in progress")
  class WhileCreating {
    private final ToyParent parent = toys.parent("p", 5);
    private final Turnstile probing = toys.turnstile();
    private final UUID uuid = toys.uuid();

    @Test
    @DisplayName("it waits; the create succeeds, and its device is then removed")
    void takesTheNewDevice() {
      toys.driver.probe =
          (mdev, scope) -> {
            probing.pass();
            return ToyDriver.model(mdev);
          };
      Background<UUID> creator = create();
      Background<Void> unregister = unregister();
      assertErrno(Errno.ENODEV, () -> parent.create("1"));
      assertErrno(Errno.ENODEV, () -> parent.remove(uuid));
      toys.events();
      probing.open();
      creator.join();
      unregister.join();
      assertThat(toys.exists(parent.mdev(uuid))).isFalse();
      assertThat(toys.mdev().deviceCount()).isZero();
      assertThat(toys.events()).contains("bind@/devices/virtual/toy/p/" + uuid + " DRIVER=toy");
    }

    @Test
    @DisplayName("it waits also for one that fails")
    void outlivesAFailure() {
      toys.driver.probe =
          (mdev, scope) -> {
            probing.pass();
            throw new ErrnoException(Errno.ENXIO, "refused by a test");
          };
      Background<UUID> creator = create();
      Background<Void> unregister = unregister();
      assertThat(toys.exists(parent.mdev(uuid))).isTrue();
      probing.open();
      assertErrno(Errno.ENXIO, creator::join);
      unregister.join();
      assertThat(toys.mdev().deviceCount()).isZero();
    }

    private Background<UUID> create() {
      Background<UUID> creator = Background.call(() -> parent.create("1", uuid));
      probing.awaitArrival();
      return creator;
    }

    private Background<Void> unregister() {
      Background<Void> unregister =
          Background.run(parent::unregister).awaitStandingIn(Gate.class, "closeAndDrain");
      awaitUnregistering(parent);
      return unregister;
    }
  }

  @Test
  @DisplayName("with creates racing: each succeeds and its device is then removed, or gives ENODEV")
  void racesWithCreates() throws Exception {
    for (int round = 0; round < 40; round++) {
      // More than can be created in time: reaching the limit is not what this is about.
      ToyParent parent = toys.parent("p" + round, 1_000_000);
      CountDownLatch created = new CountDownLatch(10);
      List<Background<Void>> creators = new ArrayList<>();
      for (int i = 0; i < 3; i++) {
        creators.add(
            Background.call(
                () -> {
                  while (true) {
                    try {
                      parent.create("1");
                      created.countDown();
                    } catch (ErrnoException over) {
                      // The path is gone once the types are.
                      assertThat(over.errno()).isIn(Errno.ENODEV, Errno.ENOENT);
                      return null;
                    }
                  }
                }));
      }
      assertThat(created.await(Background.LIMIT.toSeconds(), TimeUnit.SECONDS)).isTrue();
      parent.unregister();
      creators.forEach(Background::join);
      assertThat(toys.mdev().deviceCount()).isZero();
      assertThat(toys.names("/sys/bus/mdev/devices")).isEmpty();
      assertThat(toys.names(parent.path())).doesNotContain("mdev_supported_types");
    }
  }

  private static byte[] bytes(String text) {
    return text.getBytes(ISO_8859_1);
  }
}
