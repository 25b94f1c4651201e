package org.mdev4j.mdev;

import static org.assertj.core.api.Assertions.assertThat;
import static org.mdev4j.mdev.ToyHost.assertErrno;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.mdev4j.device.errno.Errno;
import org.mdev4j.device.errno.ErrnoException;
import org.mdev4j.vfio.DeviceFile;

@DisplayName("mdev 5, 12: which refusal of create wins, and duplicates")
class CreateOrderTest {
  private final ToyHost toys = new ToyHost();
  private final ToyParent parent = toys.parent("p", 1);

  @AfterEach
  void close() {
    toys.close();
  }

  @Test
  @DisplayName(
      "14: a listed UUID: EEXIST in the same type, another type, another parent, other case")
  void refusesDuplicates() {
    ToyParent other = toys.parent("q", 5);
    UUID uuid = parent.create("1");
    List<String> before = toys.tree();
    toys.events();
    assertErrno(Errno.EEXIST, () -> parent.create("1", uuid));
    assertErrno(Errno.EEXIST, () -> parent.create("2", uuid));
    assertErrno(Errno.EEXIST, () -> other.create("1", uuid));
    assertErrno(
        Errno.EEXIST, () -> other.create("2", uuid.toString().toUpperCase(Locale.ROOT) + "\n"));
    assertThat(toys.tree()).isEqualTo(before);
    assertThat(toys.events()).isEmpty();
    assertThat(parent.available("2")).isEqualTo(1);
    assertThat(other.available("1")).isEqualTo(5);
  }

  @Test
  @DisplayName("14: a UUID whose removal is blocked: EEXIST; right after its release it is free")
  void refusesWhatIsBeingRemoved() {
    UUID uuid = parent.create("1");
    DeviceFile file = toys.open(uuid);
    ToyModel model = toys.model(uuid);
    Background<Void> remover = Background.run(() -> parent.remove(uuid));
    model.awaitRequest();
    assertErrno(Errno.EEXIST, () -> parent.create("1", uuid));
    assertErrno(Errno.EEXIST, () -> parent.create("2", uuid));
    assertThat(remover.isDone()).isFalse();
    file.close();
    remover.join();
    parent.create("2", uuid);
    assertThat(toys.names(parent.type("2") + "/devices")).containsExactly(uuid.toString());
  }

  @Test
  @DisplayName("14: none left and a duplicate together: EEXIST")
  void duplicateBeforeFull() {
    UUID uuid = parent.create("1");
    assertThat(parent.available("1")).isZero();
    assertErrno(Errno.EEXIST, () -> parent.create("1", uuid));
    assertErrno(Errno.EUSERS, () -> parent.create("1"));
  }

  @Test
  @DisplayName("12: EINVAL before EEXIST and EUSERS")
  void textBeforeAll() {
    UUID uuid = parent.create("1");
    assertErrno(Errno.EINVAL, () -> parent.create("1", uuid + "\n\n"));
  }

  @Test
  @DisplayName("12: EEXIST and EUSERS before ENODEV of a parent that is being unregistered")
  void parentLast() {
    UUID uuid = parent.create("1");
    DeviceFile file = toys.open(uuid);
    ToyModel model = toys.model(uuid);
    Background<Void> unregister = Background.run(parent::unregister);
    model.awaitRequest();
    toys.events();
    assertErrno(Errno.EEXIST, () -> parent.create("2", uuid));
    assertErrno(Errno.EUSERS, () -> parent.create("1"));
    assertErrno(Errno.ENODEV, () -> parent.create("2"));
    assertThat(toys.events()).isEmpty();
    assertThat(toys.driver.probes).hasValue(1);
    assertThat(parent.available("2")).isEqualTo(1);
    assertThat(toys.mdev().deviceCount()).isEqualTo(1);
    file.close();
    unregister.join();
  }

  @Test
  @DisplayName(
      "5.8: a name that is taken in the parent's directory: EEXIST, before the driver is asked")
  void refusesATakenName() {
    UUID uuid = toys.uuid();
    parent.device.directory().addDirectory(uuid.toString());
    List<String> before = toys.tree();
    assertErrno(Errno.EEXIST, () -> parent.create("1", uuid));
    assertUntouched(before);
    parent.device.directory().remove(uuid.toString());
    parent.create("1", uuid);
  }

  @Test
  @DisplayName(
      "5.10: a link that can't be made: EEXIST, everything is undone, the other link stays")
  void refusesATakenLink() {
    UUID uuid = toys.uuid();
    toys.directory(parent.type("1") + "/devices").addLink(uuid.toString(), toys.directory("/sys"));
    List<String> before = toys.tree();
    assertErrno(Errno.EEXIST, () -> parent.create("1", uuid));
    assertUntouched(before);
    parent.create("2", uuid);
  }

  @Test
  @DisplayName(
      "5: of two creates of one UUID one gets EEXIST, even if the other then fails in probe")
  void refusesTheLoser() {
    Turnstile probing = toys.turnstile();
    toys.driver.probe =
        (mdev, scope) -> {
          probing.pass();
          throw new ErrnoException(Errno.ENXIO, "refused by a test");
        };
    UUID uuid = toys.uuid();
    Background<UUID> winner = Background.call(() -> parent.create("1", uuid));
    probing.awaitArrival();
    assertErrno(Errno.EEXIST, () -> parent.create("1", uuid));
    assertErrno(Errno.EEXIST, () -> parent.create("2", uuid));
    probing.open();
    assertErrno(Errno.ENXIO, winner::join);
    toys.driver.probe = (mdev, scope) -> ToyDriver.model(mdev);
    parent.create("1", uuid);
  }

  @Test
  @DisplayName("5: of many creates of one UUID exactly one succeeds, the others get EEXIST")
  void letsOneThrough() throws Exception {
    ToyParent wide = toys.parent("q", 1000);
    for (int round = 0; round < 100; round++) {
      UUID uuid = toys.uuid();
      AtomicInteger refused = new AtomicInteger();
      CountDownLatch go = new CountDownLatch(1);
      List<Background<Integer>> creators = new ArrayList<>();
      for (int i = 0; i < 4; i++) {
        String type = i % 2 == 0 ? "1" : "2";
        creators.add(
            Background.call(
                () -> {
                  go.await();
                  try {
                    wide.create(type, uuid);
                    return 1;
                  } catch (ErrnoException refusal) {
                    refused.addAndGet(refusal.errno() == Errno.EEXIST ? 1 : 0);
                    return 0;
                  }
                }));
      }
      go.countDown();
      int succeeded = creators.stream().mapToInt(Background::join).sum();
      assertThat(succeeded).isEqualTo(1);
      assertThat(refused).hasValue(3);
      assertThat(toys.mdev().deviceCount()).isEqualTo(round + 1);
    }
  }

  private void assertUntouched(List<String> before) {
    assertThat(toys.tree()).isEqualTo(before);
    assertThat(toys.driver.probes).hasValue(0);
    assertThat(toys.mdev().deviceCount()).isZero();
    assertThat(parent.available("1")).isEqualTo(1);
    assertThat(toys.events()).noneMatch(event -> event.startsWith("bind"));
  }
}
